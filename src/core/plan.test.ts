import { expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import type { Suite } from '../model/suite.ts'
import { plan, specOf } from './plan.ts'
import { suiteOf } from './testing.ts'

/** Tasks with their tags. */
function suite(tasks: Record<string, string[]>, setups: string[], trials: number): Suite {
  const made = suiteOf(Object.keys(tasks), setups, trials)
  return { ...made, tasks: made.tasks.map(task => ({ ...task, tags: tasks[task.id] ?? [] })) }
}

const dates = suite(
  { 'utc-offset': ['parser'], 'utc-zone': ['zones'], plugins: ['parser', 'slow'] },
  ['bare', 'guided'],
  2,
)
const ids = (...args: Parameters<typeof plan>): string[] => plan(...args).map(({ id }) => id)

test('goes once through all tasks and setups before any trial is repeated, no setup always first', () => {
  expect(ids(dates)).toEqual([
    'utc-offset/bare/0',
    'utc-offset/guided/0',
    'utc-zone/guided/0',
    'utc-zone/bare/0',
    'plugins/bare/0',
    'plugins/guided/0',
    'utc-offset/guided/1',
    'utc-offset/bare/1',
    'utc-zone/bare/1',
    'utc-zone/guided/1',
    'plugins/guided/1',
    'plugins/bare/1',
  ])
})

test('every setup is first equally often where the numbers allow', () => {
  const first = plan(suite({ a: [], b: [], c: [] }, ['x', 'y', 'z'], 4))
    .filter((_, i) => i % 3 === 0)
    .map(({ setup }) => setup)
  for (const setup of ['x', 'y', 'z']) expect(first.filter(name => name === setup)).toHaveLength(4)
})

test('the same plan gives the same seeds, each trial its own, and an id is enough to know its trial', () => {
  const specs = plan(dates)
  expect(plan(dates)).toEqual(specs)
  expect(new Set(specs.map(({ seed }) => seed)).size).toBe(specs.length)
  expect(specs.map(({ id }) => specOf(id))).toEqual(specs)
})

test('a seed is the first 32 bits of the SHA-256 of the id', () => {
  // printf 'a/bare/0' | sha256sum
  expect(specOf('a/bare/0')).toEqual({ id: 'a/bare/0', task: 'a', setup: 'bare', index: 0, seed: 0xda7859df })
})

test('takes tasks and setups by name or glob, in the order of the suite', () => {
  expect(ids(dates, { tasks: ['plugins', 'utc-*'], setups: ['g*'], trials: 1 })).toEqual([
    'utc-offset/guided/0',
    'utc-zone/guided/0',
    'plugins/guided/0',
  ])
})

test('takes tasks that have any of the tags, and both filters at once', () => {
  expect(ids(dates, { tags: ['slow', 'zones'], setups: ['bare'], trials: 1 })).toEqual([
    'utc-zone/bare/0',
    'plugins/bare/0',
  ])
  expect(ids(dates, { tags: ['parser'], tasks: ['utc-*'], setups: ['bare'], trials: 1 })).toEqual([
    'utc-offset/bare/0',
  ])
})

test.each([
  [
    { tasks: ['utc-offset', 'utcoffset'] },
    'no task matches "utcoffset", known: utc-offset, utc-zone, plugins',
  ],
  [{ setups: ['full'] }, 'no setup matches "full", known: bare, guided'],
  [{ tags: ['fast'] }, 'no task has the tag "fast", known: parser, slow, zones'],
  [{ tasks: [''] }, 'no task matches "", known: utc-offset, utc-zone, plugins'],
  [
    { tasks: ['plugins'], tags: ['zones'] },
    'no task matches both "plugins" and the tag "zones", tasks with such a tag: utc-zone',
  ],
  [{ trials: 0 }, 'number of trials must be a whole number of at least 1, got 0'],
  [{ trials: 1.5 }, 'number of trials must be a whole number of at least 1, got 1.5'],
])('a filter that matches nothing is an error that names what is known (%j)', (options, message) => {
  expect(() => plan(dates, options)).toThrow(new UserError(message))
})

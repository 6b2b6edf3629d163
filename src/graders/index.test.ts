import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Grader } from '../contracts.ts'
import { graders } from './index.ts'

const all: [string, Grader][] = Object.entries(graders)

test('the graders that suites can name', () => {
  expect(Object.keys(graders)).toEqual(['command', 'diff', 'files', 'judge', 'script', 'tests', 'transcript'])
})

test.each(all)(
  '%s says in one line what it does, and its keys can be shown to an editor',
  (_name, grader) => {
    expect(grader.description).toMatch(/^[^\n]{20,120}$/)
    const schema = z.toJSONSchema(grader.config, { io: 'input' })
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false })
  },
)

test.each([
  ['command', { run: 'x', stdoutMatches: { pattern: 'a', flags: 'i' }, timeout: '1m' }],
  ['diff', { only: ['src'], maxLines: 3 }],
  ['files', { matches: { a: 'b+' }, json: { 'c.json': { 'd[0]': { matches: 'e' }, f: null } } }],
  ['judge', { rubric: { file: './r.md' }, model: 'm', api: 'openai', include: ['patch', { files: ['a'] }] }],
  ['script', { run: ['./a.py'], env: { A: 'b' } }],
  ['transcript', { commands: { forbidden: ['curl'] }, maxDuration: '5m' }],
] as const)('what %s reads of a suite can be stored and graded with again', (name, given) => {
  const parsed: unknown = graders[name].config.parse(given)
  expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed)
})

test('what costs money or needs an agent is no proof of a task', () => {
  expect(all.filter(([, grader]) => grader.provable === false).map(([name]) => name)).toEqual([
    'judge',
    'transcript',
  ])
})

import { expect, test } from 'vitest'
import { differences } from './differences.ts'

const file = (data: string) => ({ encoding: 'utf8', data, executable: false })

test('short values are shown, files and long or several lines only said to be changed', () => {
  expect(
    differences(
      {
        limits: { timeoutMs: 30000, maxTurns: null },
        run: ['a'],
        context: { 'A.md': file('x') },
        prompt: 'one\ntwo',
      },
      { limits: { timeoutMs: 1, maxTurns: 4 }, run: 'b', context: { 'A.md': file('y') }, prompt: 'two\none' },
    ),
  ).toEqual([
    'context[A.md]: changed',
    'limits.maxTurns: not set -> 4',
    'limits.timeout: 30s -> 1ms',
    'prompt: changed',
    'run: ["a"] -> "b"',
  ])
})

test('what is there on one side only is added or removed; names that objects inherit are names', () => {
  expect(differences({ a: 1, deep: { x: 1 } }, { b: 2, constructor: 'c' })).toEqual([
    'a: removed, 1',
    'b: added, 2',
    'constructor: added, "c"',
    'deep: removed',
  ])
})

test('keys and values are spelled as in a suite', () => {
  const task = (memoryBytes: number, run: string) => ({
    limits: { memoryBytes },
    graders: { tests: { type: 'tests', config: { run } } },
    context: { config: 1 },
  })
  expect(differences(task(1e9, 'a'), { ...task(2e9, 'b'), context: {} })).toEqual([
    'context.config: removed, 1',
    'graders.tests.run: "a" -> "b"',
    'limits.memory: 1.0 GB -> 2.0 GB',
  ])
})

test('equal values have none, whatever the order of their keys', () => {
  expect(differences({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toEqual([])
  expect(differences(3, 4)).toEqual(['3 -> 4'])
})

import { expect, test } from 'vitest'
import type { TaskChange } from '../model/report.ts'
import { gated, many, sideTask } from './testing.ts'

/** The change of task `a` among a few others that do not change. */
function changeOf(base: string, candidate: string): TaskChange | undefined {
  const { tasks } = gated({ a: base, ...many(3, '10/10') }, { a: candidate, ...many(3, '10/10') })
  return tasks.find(({ task }) => task === 'a')
}

test.each([
  ['20/20', '0/10', 'regressed'],
  ['0/20', '10/10', 'improved'],
  ['10/10', '10/10', 'unchanged'],
  ['0/10', '0/10', 'unchanged'],
  ['20/20', '9/10', 'unchanged'],
  ['20/20', '8/10', 'inconclusive'],
  ['5/5', '5/5', 'unchanged'],
  ['3/3', '3/3', 'inconclusive'],
  ['3/5', '3/5', 'inconclusive'],
  ['5/5', '2/5', 'inconclusive'],
])('%s -> %s is %s', (base, candidate, expected) => {
  expect(changeOf(base, candidate)?.change).toBe(expected)
})

test('a change that stands out on its own is not called unchanged, and asks for more trials', () => {
  // Fisher's p is 1/252, but among four tasks Holm makes it 4/252, above 1 %.
  expect(changeOf('5/5', '0/5')?.change).toBe('inconclusive')
  expect(changeOf('5/5', '0/5')?.warnings).toEqual([
    'Stands out on its own (5/5 -> 0/5), but so may one of several tasks by chance: run more trials of this task to be sure.',
  ])
})

test('too few trials to see a collapse say so', () => {
  expect(changeOf('2/2', '3/3')?.warnings).toEqual([
    '3 trials against 2 in the base cannot show even a collapse of this task: run more trials.',
  ])
})

test('the more tasks are compared, the more it takes to name one', () => {
  const among = (others: number): string | undefined =>
    gated({ a: '9/10', ...many(others, '10/10') }, { a: '2/10', ...many(others, '10/10') }).tasks.find(
      ({ task }) => task === 'a',
    )?.change
  expect(among(0)).toBe('regressed')
  expect(among(50)).toBe('inconclusive')
})

test('a flip is a majority that changed sides', () => {
  expect(changeOf('3/5', '2/5')).toMatchObject({ flipped: true, delta: expect.closeTo(-0.2, 12) })
  expect(changeOf('5/5', '3/5')).toMatchObject({ flipped: false })
  expect(changeOf('2/4', '0/4')).toMatchObject({ flipped: false })
})

test('tasks that cannot be compared say why, with the counts there are', () => {
  const { tasks } = gated(
    { differs: sideTask('5/5', { fingerprint: 'old' }), gone: '5/5', silent: '4/5' },
    { differs: sideTask('5/5', { fingerprint: 'new' }), fresh: '1/5', silent: '0/0+5' },
  )
  expect(
    tasks.map(({ task, change, base, candidate, delta }) => [
      task,
      change,
      base?.passed,
      candidate?.passed,
      delta,
    ]),
  ).toEqual([
    ['differs', 'incomparable', 5, 5, null],
    ['fresh', 'added', undefined, 1, null],
    ['gone', 'removed', 5, undefined, null],
    ['silent', 'incomparable', 4, 0, null],
  ])
  expect(tasks.every(({ warnings }) => warnings.length === 1)).toBe(true)
})

test('errored trials are not counted, and it says so', () => {
  expect(changeOf('5/5', '4/4+1')?.warnings).toEqual([
    '1 trial errored and is not counted: see why, then resume the run.',
  ])
})

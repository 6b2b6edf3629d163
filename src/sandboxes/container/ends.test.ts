import { expect, test } from 'vitest'
import type { ExecResult } from '../../contracts.ts'
import { hasStarted, isUnclear, mayBeNotFound } from './ends.ts'

const ended = (change: Partial<ExecResult>): ExecResult => ({
  end: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 1,
  leftovers: null,
  ...change,
})

test('only the exit codes that engines use for themselves leave open who ended', () => {
  expect([0, 1, 124, 125, 126, 127, 128, 137].filter(exitCode => isUnclear(ended({ exitCode })))).toEqual([
    125, 126, 127,
  ])
  expect(isUnclear(ended({ end: 'signalled', exitCode: null, signal: 'SIGKILL' }))).toBe(true)
  expect(isUnclear(ended({ end: 'timeout', exitCode: null }))).toBe(false)
})

test('a container that never began to run is known by its date, in the words of either engine', () => {
  expect(hasStarted('2026-11-23T14:04:16.540997354Z')).toBe(true)
  expect(hasStarted('2026-11-23 14:04:16.540997354 +0000 UTC')).toBe(true)
  expect(hasStarted('0001-01-01T00:00:00Z')).toBe(false)
  expect(hasStarted('0001-01-01 00:00:00 +0000 UTC')).toBe(false)
  expect(hasStarted('')).toBe(false)
})

test('a program is looked up after an end that one that is missing would have', () => {
  expect(mayBeNotFound(ended({ exitCode: 127 }), '')).toBe(true)
  expect(
    mayBeNotFound(ended({ exitCode: 1 }), 'ERROR (catatonit:6): failed to exec pid1: No such file'),
  ).toBe(true)
  expect(mayBeNotFound(ended({ exitCode: 1 }), '1 test failed')).toBe(false)
  expect(mayBeNotFound(ended({ end: 'timeout', exitCode: null }), '')).toBe(false)
})

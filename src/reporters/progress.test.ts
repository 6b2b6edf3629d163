import { specOf } from '../core/plan.ts'
import { Writable } from 'node:stream'
import { createLogUpdate } from 'log-update'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { plainPaint } from './paint.ts'
import { liveLines } from './progress-lines.ts'
import { startProgress } from './progress-state.ts'
import { progressReporter } from './progress.ts'
import { sampleReport, sampleTrial } from './testing/report.ts'

class Collector extends Writable {
  text = ''
  columns = 80
  rows = 24
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
  lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

const source = {
  name: 'dayjs',
  git: 'https://git.example/dayjs.git',
  commit: 'a'.repeat(40),
  history: 'none',
  prepare: [],
  prepareTimeoutMs: 1000,
  prepareReads: null,
  image: null,
} as const

const trials = [
  sampleTrial({ task: 'a', setup: 's' }),
  sampleTrial({ task: 'b', setup: 's', end: 'failed', reason: '\u001b[31mred\u001b[0m\nmore' }),
  sampleTrial({ task: 'c', setup: 's', end: 'crashed', reason: '::error::boom', costUsd: null }),
  sampleTrial({ task: 'd', setup: 's', end: 'errored', reason: 'no space', retries: 2 }),
]
const { run } = sampleReport(trials)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const start = (stream: Collector, isTTY: boolean): Required<ReturnType<typeof progressReporter>> => {
  const reporter = progressReporter({
    stream,
    drawOver: isTTY ? createLogUpdate : null,
    clock: () => Date.now(),
  })
  const { onBatch, onSource, onTrialStart, onPhase, onTrialEnd, onRunEnd } = reporter
  if (!onBatch || !onSource || !onTrialStart || !onPhase || !onTrialEnd || !onRunEnd) {
    throw new Error('the reporter leaves something out')
  }
  return { onBatch, onSource, onTrialStart, onPhase, onTrialEnd, onRunEnd }
}

test('a log gets one plain line for each ended trial, with the reason where it did not pass', () => {
  const stream = new Collector()
  const progress = start(stream, false)
  progress.onBatch(run, run.plan.map(specOf))
  progress.onSource({ ...source, prepare: [] }, 'preparing')
  vi.advanceTimersByTime(12_000)
  progress.onSource({ ...source, prepare: [] }, 'ready')
  for (const trial of trials) {
    progress.onTrialStart(trial)
    progress.onTrialEnd(trial)
  }
  progress.onRunEnd(run)
  expect(stream.text).toMatchInlineSnapshot(`
    "run 20260102-030405-dates-1a2b: 4 trials
    source dayjs: preparing
    source dayjs: ready after 12s
    [1/4] pass   a/s/0  41s  $0.17
    [2/4] fail   b/s/0  41s  $0.17  tests: red
    [3/4] crash  c/s/0  41s  $?  : :error::boom
    [4/4] error  d/s/0  41s  try 3  prepare: no space
    "
  `)
  // oxlint-disable-next-line no-control-regex
  expect(stream.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test('a log gets a sign of life every 30 seconds in which nothing ends, and none when all is over', () => {
  const stream = new Collector()
  const progress = start(stream, false)
  const [first] = trials
  if (!first) throw new Error('no trial')
  progress.onBatch(run, run.plan.map(specOf))
  progress.onTrialStart(first)
  progress.onPhase(first, 'attempt')
  vi.advanceTimersByTime(65_000)
  expect(stream.lines().slice(1)).toEqual([
    '[0/4] 1 trial running, the longest for 30s: a/s/0 (attempt)',
    '[0/4] 1 trial running, the longest for 1m: a/s/0 (attempt)',
  ])
  progress.onTrialEnd(first)
  progress.onRunEnd(run)
  const before = stream.text
  vi.advanceTimersByTime(120_000)
  expect(stream.text).toBe(before)
})

test('on a terminal passed trials leave no line, the others stay with their reason', () => {
  const stream = new Collector()
  const progress = start(stream, true)
  progress.onBatch(run, run.plan.map(specOf))
  for (const trial of trials) progress.onTrialEnd(trial)
  progress.onRunEnd(run)
  // oxlint-disable-next-line no-control-regex
  const text = stream.text.replaceAll(/\u001b\[[\d;?]*[a-zA-Z]/g, '')
  expect(text).toContain('fail   b/s/0  tests: red\n')
  expect(text).toContain('crash  c/s/0  : :error::boom\n')
  expect(text).toContain('error  d/s/0  prepare: no space\n')
  expect(text).not.toContain('pass   a/s/0')
})

test('the live lines never fill more than the terminal, in height or in width', () => {
  const state = startProgress(40, 0)
  for (let i = 0; i < 20; i++) {
    state.running.set(`${'long-task-name-'.repeat(8)}${i}/guided/0`, { phase: 'attempt', sinceMs: i * 1000 })
  }
  const lines = liveLines(state, 72_500, { columns: 79, rows: 8, paint: plainPaint })
  expect(lines).toHaveLength(7)
  expect(lines.at(-2)).toBe('  … and 15 more')
  expect(lines.at(-1)).toBe('0/40  0 passed, $0.00, 1m 12s')
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(79)
  expect(lines[0]).toMatch(/^ {2}long-task.*….*name-0\/guided\/0 {2}attempt {4}1m 12s$/)
})

test('live lines that just fit are all shown', () => {
  const state = startProgress(6, 0)
  for (let i = 0; i < 6; i++) state.running.set(`t${i}`, { phase: null, sinceMs: 0 })
  const lines = liveLines(state, 1000, { columns: 79, rows: 8, paint: plainPaint })
  expect(lines).toHaveLength(7)
  expect(lines.join('\n')).not.toContain('more')
})

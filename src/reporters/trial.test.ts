import { expect, test } from 'vitest'
import type { TranscriptEvent } from '../model/trial.ts'
import { plainPaint } from './paint.ts'
import { sampleTrial } from './testing/report.ts'
import { renderTrial } from './trial.ts'

const folder = '.agent-eval/runs/r/trials/utc-offset/guided/1'
const patch = [
  'diff --git a/src/offset.js b/src/offset.js',
  '--- a/src/offset.js',
  '+++ b/src/offset.js',
  '@@ -1,2 +1,2 @@',
  ' const a = 1',
  '-const b = 2',
  '+const b = 3',
  '',
].join('\n')
const events: TranscriptEvent[] = [
  { type: 'message', role: 'user', text: 'Parsing loses the minutes. Fix it.', atMs: 0 },
  { type: 'tool_call', id: '1', tool: 'Bash', input: { command: 'grep -rn\n offset src' }, atMs: 1 },
  { type: 'tool_result', id: '1', output: 'src/a.js:1\nsrc/b.js:2\n', isError: false, atMs: 2 },
  { type: 'tool_call', id: '2', tool: 'Edit', input: { path: 'a', to: 'b' }, atMs: 3 },
  { type: 'tool_result', id: '2', output: 'no such file', isError: true, atMs: 4 },
  { type: 'message', role: 'assistant', text: 'Done.\n::error::forged', atMs: 5 },
]
const transcript = events.map(event => JSON.stringify(event))

test('a failed trial tells why, what the agent did, and what it changed', () => {
  const trial = sampleTrial({
    task: 'utc-offset',
    setup: 'guided',
    index: 1,
    end: 'failed',
    reason: '1 of 4 tests failed\n  keeps the minutes: expected +05:30',
  })
  expect(renderTrial({ trial, patch, transcript, folder }, plainPaint, 80)).toMatchInlineSnapshot(`
    "FAILED. utc-offset/guided/1
    stopped    finished after 38s, exit code 0
    cost       $0.17 (as the agent says)
    tokens     4.1k in, 4.1k from cache, ? to cache, 4.1k out
    turns      6, with 9 tool calls
    agent      version 2.1.4, model model-x
    changed    1 file, +9 -3: src/offset.js

    Grades (score 0.50)
      failed    tests  1 of 4 tests failed
                       keeps the minutes: expected +05:30
      passed    diff   12 lines in 1 file

    Transcript (6 events)
      user      Parsing loses the minutes. Fix it.
      call      Bash grep -rn offset src
                src/a.js:1 (+1 lines)
      call      Edit {"path":"a","to":"b"}
      failed    no such file
      assistant Done.
                : :error::forged

    Patch
    diff --git a/src/offset.js b/src/offset.js
    --- a/src/offset.js
    +++ b/src/offset.js
    @@ -1,2 +1,2 @@
     const a = 1
    -const b = 2
    +const b = 3

    files      .agent-eval/runs/r/trials/utc-offset/guided/1"
  `)
})

test('an errored trial tells its whole message, and no patch that never was', () => {
  const trial = sampleTrial({ task: 'a', setup: 's', end: 'errored', reason: 'npm ci failed:\nno network' })
  expect(renderTrial({ trial, patch: '', transcript: [], folder: 'f' }, plainPaint, 80))
    .toMatchInlineSnapshot(`
    "ERRORED. a/s/0
      prepare: npm ci failed:
      no network
    agent      did not run

    files      f"
  `)
})

test('a long transcript and a long patch name the files that hold the rest', () => {
  const many = Array.from({ length: 100 }, (_, i) =>
    JSON.stringify({ type: 'message', role: 'assistant', text: `step ${i}`, atMs: i }),
  )
  const text = renderTrial(
    {
      trial: sampleTrial({ task: 'a', setup: 's' }),
      patch: '+x\n'.repeat(500),
      transcript: many,
      folder: 'f',
    },
    plainPaint,
    80,
  )
  expect(text).toContain('… 40 events left out: f/transcript.jsonl')
  expect(text).toContain('step 14\n')
  expect(text).not.toContain('step 15\n')
  expect(text).toContain('step 99')
  expect(text).toContain('… 300 more lines: f/patch.diff')
})

test('a transcript line that cannot be read is shown as it is', () => {
  const text = renderTrial(
    {
      trial: sampleTrial({ task: 'a', setup: 's' }),
      patch: '',
      transcript: ['torn {', '{"type":"new"}'],
      folder: 'f',
    },
    plainPaint,
    80,
  )
  expect(text).toContain('?         torn {')
  expect(text).toContain('?         {"type":"new"}')
})

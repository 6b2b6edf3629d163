import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { place, type Place } from '../testing/cli.ts'
import { pullRequest } from './testing/pull-request.ts'

/** Many small tasks of one agent, which is told by a file of the suite how often it fails. */
const tasks = Array.from({ length: 8 }, (_, i) => `t${i + 1}`)

const suite = `suite: many
trials: 6
limits: { timeout: 30s }
isolation: none
sources: { src: { folder: ./src } }
setups:
  agent: { harness: { type: command, run: ./agent.sh }, context: { AGENTS.md: ./AGENTS.md } }
tasks:
${tasks
  .map(
    id => `  - id: ${id}
    prompt: ${id}
    graders: [{ type: files, exists: [done.txt] }]
`,
  )
  .join('')}gate: { baseline: ./baseline.json, margin: 10 }
`

/** Works at a task unless AGENTS.md names it. */
const agent = `#!/bin/sh
grep -qx "$AGENT_EVAL_PROMPT" AGENTS.md || echo done > done.txt
`

const files = {
  'suite.yaml': suite,
  'agent.sh': agent,
  'AGENTS.md': 'nothing\n',
  'src/a.txt': 'a\n',
}

const Report = z.looseObject({
  trials: z.array(z.looseObject({ id: z.string(), task: z.string() })),
  run: z.looseObject({ id: z.string(), status: z.string() }),
  comparisons: z.array(z.looseObject({ adaptive: z.looseObject({ saved: z.number() }).nullable() })),
  verdict: z.looseObject({ decision: z.string(), reasons: z.array(z.string()), exitCode: z.number() }),
})

/** A baseline in which each task passed all of its 20 trials, as if many runs had been accepted. */
async function accepted(at: Place): Promise<void> {
  await at.run('run', 'suite.yaml', '--trials', '1')
  const { exitCode } = await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  expect(exitCode).toBe(0)
  const path = join(at.path, 'baseline.json')
  const text = await readFile(path, 'utf8')
  await at.write({
    'baseline.json': text.replaceAll('"passed":1,"graded":1', '"passed":20,"graded":20'),
  })
}

async function gate(
  at: Place,
  ...args: string[]
): Promise<{ exitCode: number; stderr: string; report: z.infer<typeof Report> }> {
  const { exitCode, stdout, stderr } = await at.run('run', 'suite.yaml', '--gate', '--json', ...args)
  return { exitCode, stderr, report: Report.parse(JSON.parse(stdout)) }
}

test('a gate stops as soon as nothing can have got worse, and says what that saved', async () => {
  const at = await place(files)
  await accepted(at)
  const { exitCode, stderr, report } = await gate(at)
  expect(report.verdict.decision).toBe('no-drop')
  expect(exitCode).toBe(0)
  expect(report.trials.length).toBeLessThan(6 * tasks.length)
  expect(stderr).toMatch(/Stopped after round \d of 6: \d+ trials saved/)
  expect(report.comparisons[0]?.adaptive?.saved).toBe(6 * tasks.length - report.trials.length)
  // What was made so is judged so again.
  const again = await at.run('gate', 'latest', '--json')
  expect(Report.parse(JSON.parse(again.stdout)).verdict).toEqual(report.verdict)

  const fixed = await gate(at, '--fixed')
  expect(fixed.report.trials).toHaveLength(6 * tasks.length)
  expect(fixed.report.comparisons[0]?.adaptive).toBeNull()
}, 240_000)

test('a broken task is followed up and named, with a red exit code', async () => {
  const at = await place(files)
  await accepted(at)
  // The rest of the setup counts as changed: this is what a gate is for.
  await at.write({ 'AGENTS.md': 't3\n' })
  const { exitCode, report } = await gate(at)
  expect(exitCode).toBe(1)
  expect(report.verdict.reasons.join('\n')).toContain('Broken task: t3 (20/20 -> 0/')
}, 240_000)

test('a stopped gate goes on to the same verdict, and against the same baseline only', async () => {
  const at = await place(files)
  await accepted(at)
  const whole = await gate(at)
  const ledger = join(at.path, '.agent-eval/runs', whole.report.run.id, 'trials.jsonl')
  const lines = (await readFile(ledger, 'utf8')).trimEnd().split('\n')
  // As a process that was killed leaves it.
  await at.write({
    [`.agent-eval/runs/${whole.report.run.id}/trials.jsonl`]: `${lines.slice(0, 5).join('\n')}\n`,
  })
  await at.run('cache', 'list')
  const { rm } = await import('node:fs/promises')
  await rm(join(at.path, '.agent-eval/runs', whole.report.run.id, 'seal.json'), { force: true })
  const resumed = await at.run('run', '--resume', 'latest', '--json')
  const report = Report.parse(JSON.parse(resumed.stdout))
  expect(report.verdict.decision).toBe(whole.report.verdict.decision)
  expect(report.trials.map(({ id }) => id).toSorted()).toEqual(
    whole.report.trials.map(({ id }) => id).toSorted(),
  )

  await at.run('baseline', 'accept', 'latest', '--reason', 'more')
  const other = await at.run('run', '--resume', 'latest')
  expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('another baseline') })
}, 240_000)

test('a gate that is killed in the middle goes on to its verdict', async () => {
  const at = await place({ ...files, 'agent.sh': agent.replace('#!/bin/sh', '#!/bin/sh\nsleep 0.4') })
  await accepted(at)
  await at.write({ 'AGENTS.md': 't3\n' })
  const child = at.start('run', 'suite.yaml', '--gate')
  let seen = ''
  child.stderr.on('data', (chunk: Buffer) => {
    seen += chunk.toString()
    // Of the second batch at least one trial is on the disk.
    if (/more trials?\n\[[^\n]*\n/.test(seen)) child.kill('SIGKILL')
  })
  expect((await child).signal).toBe('SIGKILL')
  const resumed = await at.run('run', '--resume', 'latest')
  expect(resumed.stderr).toContain('Broken task: t3 (20/20 -> 0/')
  expect(resumed.exitCode).toBe(1)
}, 240_000)

test('a budget that does not allow the first round is refused before anything is run', async () => {
  const at = await place(files)
  await accepted(at)
  const refused = await at.run('run', 'suite.yaml', '--gate', '--max-cost', '5')
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('a budget of $5.00 cannot be kept, as nothing tells what a trial costs')
  await at.write({
    'suite.yaml': suite.replace('timeout: 30s', 'timeout: 30s, maxCostUsd: 2'),
  })
  await accepted(at)
  const low = await at.run('run', 'suite.yaml', '--gate', '--max-cost', '5')
  expect(low.exitCode).toBe(2)
  expect(low.stderr).toMatch(
    /a budget of \$5.00 does not even allow the first round of this gate: its \d+ trials may cost up to \$\d+/,
  )
}, 240_000)

test('where it cannot stop early all trials are run, and the reason is told', async () => {
  const at = await place(files)
  await accepted(at)
  const { stderr, report } = await gate(at, '--task', 't1', '--task', 't2')
  expect(stderr).toContain(
    'all 12 trials are run, as this gate cannot stop early: not every task of the baseline is run',
  )
  expect(report.trials).toHaveLength(12)
  expect(report.verdict.decision).toBe('incomparable')
}, 240_000)

test('with a base the setup of the baseline runs beside the changed one, and is not judged itself', async () => {
  const change = await pullRequest()
  await change.worsen()
  const { stdout, exitCode, decision } = await change.gate('--drift')
  const report = Report.parse(JSON.parse(stdout))
  const canaries = report.trials.filter(({ id }) => id.includes('/guided@baseline/'))
  expect(canaries.length).toBeGreaterThan(0)
  expect(canaries.length).toBeLessThan(report.trials.length - canaries.length)
  expect(report.comparisons).toHaveLength(1)
  expect([decision, exitCode]).not.toEqual(['incomparable', 3])
}, 240_000)

test('--drift without what the baseline was made with is an error before anything is run', async () => {
  const at = await place(files)
  await accepted(at)
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--gate', '--drift')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('name the commit that has them')
}, 240_000)

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Report } from '../model/report.ts'
import type { Trial } from '../model/trial.ts'
import type { CliResult, Place } from '../testing/cli.ts'
import { modelWorld } from './testing/model-agent.ts'

const key = 'sk-real-0123456789abcdef'

const reportOf = ({ stdout }: CliResult): Report => Report.parse(JSON.parse(stdout))

/** A recorded run, whose service and key are gone. */
async function recorded(): Promise<{ at: Place; run: Report['run']; folder: string }> {
  const { at, server } = await modelWorld()
  at.env['MODEL_KEY'] = key
  const result = await at.run('run', 'suite.yaml', '--record', '--json')
  expect(result.exitCode).toBe(0)
  await server.close()
  delete at.env['MODEL_KEY']
  const { run } = reportOf(result)
  return { at, run, folder: join(at.path, '.agent-eval/runs', run.id) }
}

const trialOf = ({ trials }: Report, id: string): Trial => {
  const trial = trials.find(each => each.id === id)
  if (!trial) throw new Error(`no trial ${id}`)
  return trial
}

async function changeAgent(at: Place, from: string, to: string): Promise<void> {
  const code = await readFile(join(at.path, 'agent.sh'), 'utf8')
  await at.write({ 'agent.sh': code.replace(from, to) })
}

test('a recorded run is replayed without its service and its key, costs nothing, and is no baseline', async () => {
  const { at, run, folder } = await recorded()
  const replayed = await at.run('run', 'suite.yaml', '--replay', run.id, '--json')
  expect(replayed.stderr).toMatch(/A replay of run .* \(strict\)/)
  expect(replayed.stderr).toMatch(/spent\s+nothing on models: a replay; recorded/)
  const again = reportOf(replayed)
  expect(again.run.replay).toEqual({ run: run.id, folder, mode: 'strict' })
  expect(again.run.summaries.map(({ passed }) => passed)).toEqual(run.summaries.map(({ passed }) => passed))
  expect(again.trials.map(({ attempt }) => attempt?.metered?.replay)).toEqual(
    [1, 2].map(() => ({ mode: 'strict', diverged: null, unused: 0 })),
  )
  const accepted = await at.run('baseline', 'accept', again.run.id, '--reason', 'no')
  expect(accepted).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`is a replay of run ${run.id}`),
  })
  const graded = await at.run('grade', again.run.id)
  expect(graded.exitCode).toBe(0)
})

test('a call that is not as recorded ends a strict replay, and is told by a loose one', async () => {
  const { at, folder } = await recorded()
  await changeAgent(at, 'You work in', 'You labour in')
  const replay = ['run', 'suite.yaml', '--replay', folder, '--setup', 'guided', '--json']
  const strict = await at.run(...replay)
  expect(strict.exitCode).toBe(4)
  const errored = trialOf(reportOf(strict), 'add/guided/0')
  expect(errored).toMatchObject({ status: 'errored', phase: 'attempt' })
  expect(errored.status === 'errored' && errored.message).toMatch(
    /replay diverged at model call 2: unlike recorded call 2: messages\[0\].content: recorded "You work in .*now "You labour in/,
  )
  expect(errored.remarks.join('\n')).toMatch(
    /diverged at model call 2[\s\S]*2 recorded model calls were never asked for/,
  )
  expect(strict.stderr).toContain('diverged at model call 2')

  const loose = await at.run(...replay, '--replay-mode', 'loose')
  expect(loose.exitCode).toBe(0)
  const trial = trialOf(reportOf(loose), 'add/guided/0')
  expect(trial).toMatchObject({ status: 'graded', pass: true })
  expect(trial.attempt?.metered?.replay).toMatchObject({ mode: 'loose', diverged: { call: 2 }, unused: 0 })
  expect(trial.remarks[0]).toMatch(/^The replay diverged at model call 2: .*went on loosely\.$/)
})

test('trials of which nothing was recorded are listed before anything runs', async () => {
  const { at, folder } = await recorded()
  await rm(join(folder, 'trials/add/bare/0/cassette.jsonl'))
  const replayed = await at.run('run', 'suite.yaml', '--replay', folder, '--trials', '2')
  expect(replayed.exitCode).toBe(2)
  expect(replayed.stderr).toMatch(
    /has no recording of 3 of 4 planned trials:\n {2}add\/bare\/0\n {2}add\/guided\/1\n|add\/bare\/1/,
  )
  expect((await at.run('list', '--json')).stdout).not.toContain('"replay": {')
})

test.each([
  [['--record', '--replay', 'latest'], '--record and --replay exclude each other'],
  [['--replay-mode', 'loose'], '--replay-mode is about --replay'],
  [['--replay', 'latest', '--base', 'HEAD'], '--base and --replay exclude each other'],
])('%j is refused', async (args, said) => {
  const { at } = await modelWorld()
  expect(await at.run('run', 'suite.yaml', ...args)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(said),
  })
})

test('of an agent that prints nothing there is a transcript, and each of its calls can be shown', async () => {
  const { at } = await recorded()
  const shown = await at.run('show', 'add/guided/0')
  expect(shown.stdout).toMatch(/I mend it\.[\s\S]*bash[\s\S]*Done\./)
  expect(shown.stdout).toMatch(/calls {6}3 answered, by small, m1/)
  expect(shown.stdout).toMatch(/agent {6}version unknown, model m1/)
  expect(shown.stdout).toMatch(/context {4}AGENTS.md reached the model \(call 2\)/)
  const calls = await at.run('show', 'add/guided/0', '--calls')
  expect(
    calls.stdout
      .split('\n')
      .slice(0, 4)
      .map(line => line.trim().split(/ {2,}/)[3]),
  ).toEqual(['lane', 'small', 'm1 with tools', 'm1 with tools'])
})

import { onTestFinished, expect, test } from 'vitest'
import type { Reply, ScriptedCall } from '../rehearsal/script.ts'
import { startModelServer, type ModelServer } from '../rehearsal/server.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'
import { agentCode } from './testing/model-agent.ts'

/** Does what it is asked, but for the model `mute`, which uses no tool. */
function reply(call: ScriptedCall): Reply {
  if (call.model === 'small') return { say: 'A title' }
  if (call.model === 'mute') return { say: 'I would rather not.' }
  const answered = call.text.includes('"tool_call_id"')
  if (!call.text.includes('canary-question.txt'))
    return answered ? { say: 'Done.' } : { run: `echo 'export const add = (a, b) => a + b' > src/add.js` }
  const word = /canary-[0-9a-f]{16}/.exec(call.text)?.[0]
  if (word === undefined) return { run: 'cat canary-question.txt' }
  return call.text.includes('> canary-answer')
    ? { say: 'Done.' }
    : { run: `echo ${word} > canary-answer.txt` }
}

async function world(): Promise<{ at: Place; server: ModelServer }> {
  const server = await startModelServer(reply)
  onTestFinished(() => server.close())
  const { url } = server.access('openai-chat')
  const price = '{ input: 1, cacheRead: 1, cacheWrite: 1, output: 1 }'
  const at = await place({
    ...project,
    'agent.sh': `#!/bin/sh\nexec node - <<'END'\n${agentCode}\nEND\n`,
    'suite.yaml': suiteText
      .replace('trials: 3', 'trials: 2')
      .replace('vary: [context]', 'vary: [model]')
      .replace(
        /setups:\n( {2}.*\n)+/,
        `setups:
  able:
    harness: { type: command, run: [./agent.sh] }
    model: m1
    service: { url: "${url}", api: openai-chat, key: MODEL_KEY, prices: { m1: ${price}, mute: ${price}, small: ${price} } }
  unable: { extends: able, model: mute }
`,
      ),
  })
  at.env['MODEL_KEY'] = 'dummy-key-of-a-test'
  return { at, server }
}

test('run --canary: a setup whose agent cannot work is not valid and not run, the other one is; a gate is not green', async () => {
  const { at, server } = await world()
  await at.run('run', 'suite.yaml', '--isolation', 'none')
  const accepted = await at.run('baseline', 'accept', 'latest', '--reason', 'the first one')
  expect(accepted.stderr).not.toContain('error')
  const earlier = server.calls.length

  const { exitCode, stdout, stderr } = await at.run(
    'run',
    'suite.yaml',
    '--isolation',
    'none',
    '--canary',
    '--json',
  )
  expect(stderr).toContain('canary of able: a word came back through its tools')
  expect(stderr).toMatch(/canary of unable FAILED, it is not run: it ended without using a tool.*bash/)
  const { run, trials } = JSON.parse(stdout)
  expect(run.status).toBe('finished')
  expect(run.agentCanaries).toMatchObject({
    able: { ok: true, calls: 4 },
    unable: { ok: false, calls: 2 },
  })
  const told = server.calls.slice(earlier, earlier + 6).flatMap(({ usage }) => usage ?? [])
  const tokens = told.reduce(
    (sum, { inputTokens, cacheReadTokens, outputTokens }) =>
      sum + (inputTokens ?? 0) + (cacheReadTokens ?? 0) + (outputTokens ?? 0),
    0,
  )
  const { able, unable } = run.agentCanaries
  expect(able.tokens + unable.tokens).toBe(tokens)
  expect(able.costUsd + unable.costUsd).toBeCloseTo(tokens / 1e6, 9)
  expect(run.plan).toEqual(['add/able/0', 'add/able/1'])
  expect(trials.map(({ id, pass }: { id: string; pass: boolean }) => [id, pass])).toEqual([
    ['add/able/0', true],
    ['add/able/1', true],
  ])
  expect(exitCode).toBe(4)
  const shown = await at.run('gate', 'latest')
  expect(shown.stderr + shown.stdout).toContain('NOT VALID.')
  expect(shown.stderr + shown.stdout).toMatch(
    /canaries\s+1 of 2 setups proven; NOT VALID, so not run: unable/,
  )
  expect(shown.exitCode).toBe(4)
  const { stdout: junit } = await at.run('gate', 'latest', '--report', 'junit')
  expect(junit).toMatch(/<testcase classname="calc.canary" name="unable"[^>]*>\s*<error/)
  expect((await at.run('verify', 'latest')).exitCode).toBe(0)

  const gated = await at.run('run', 'suite.yaml', '--isolation', 'none', '--canary', '--gate', '--json')
  expect(JSON.parse(gated.stdout).verdict).toMatchObject({
    decision: 'invalid',
    exitCode: 4,
    reasons: [expect.stringContaining('Setup unable is not valid, its canary failed'), expect.anything()],
  })
  expect(gated.exitCode).toBe(4)
  const refused = await at.run('baseline', 'accept', 'latest', '--setup', 'unable', '--reason', 'no')
  expect(refused.exitCode).toBe(2)

  const before = server.calls.length
  const none = await at.run('run', 'suite.yaml', '--isolation', 'none', '--canary', '--setup', 'unable')
  expect(none.exitCode).toBe(4)
  expect(none.stderr).toContain('NOTHING GRADED.')
  expect(none.stderr).toContain('Setup unable is not valid')
  expect(none.stderr).not.toContain('run --resume')
  expect(server.calls.length - before).toBe(2)
  expect((await at.run('run', '--resume', 'latest', '--canary')).exitCode).toBe(2)
})

test('run --canary: what the canary of a setup used counts against the budget of the run', async () => {
  const { at } = await world()
  const { exitCode, stderr } = await at.run(
    'run',
    'suite.yaml',
    '--isolation',
    'none',
    '--canary',
    '--setup',
    'able',
    '--max-turns',
    '5',
  )
  // Four calls for the canary, so one is left for the trials.
  expect(stderr).toContain('the run has used')
  expect(exitCode).toBe(4)
})

test('doctor SUITE: each setup with its own model, what it cost, and exit code 4 where one cannot work', async () => {
  const { at, server } = await world()
  const { exitCode, stderr } = await at.run('doctor', 'suite.yaml')
  expect(stderr).toContain('a few model calls each, which cost')
  expect(stderr).toMatch(/ok\s+able\s+command, m1 at http\S+, key\s+MODEL_KEY is set,\s+price known/)
  expect(stderr).toMatch(/ok\s+able\s+proven, a word came back through its tools, in 4 model calls/)
  expect(stderr).toMatch(/broken\s+unable\s+DOES NOT WORK, it ended without using a tool/)
  expect(stderr).toMatch(/The canaries cost: \$0\.0\d/)
  expect(exitCode).toBe(4)

  const one = await at.run('doctor', 'suite.yaml', '--setup', 'able', '--json')
  expect(one.exitCode).toBe(0)
  expect(JSON.parse(one.stdout)).toMatchObject({ ok: true, canaries: { able: { ok: true, calls: 4 } } })

  const before = server.calls.length
  at.env['MODEL_KEY'] = ''
  const unready = await at.run('doctor', 'suite.yaml')
  expect(unready.stderr).toContain('MODEL_KEY')
  expect(unready.exitCode).toBe(4)
  expect(server.calls.length).toBe(before)
  expect((await at.run('doctor', '--setup', 'able')).exitCode).toBe(2)
})

test('doctor SUITE: a setup that asks no model has nothing to prove', async () => {
  const at = await place(project)
  const { exitCode, stderr } = await at.run('doctor', 'suite.yaml')
  expect(stderr).toContain('scripted: asks no model')
  expect(stderr).not.toContain('which cost')
  expect(exitCode).toBe(0)
})

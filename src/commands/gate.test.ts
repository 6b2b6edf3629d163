import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const broken = 'tasks:\n  add:\n    - steps: [{ say: I give up. }]\n'
const more = suiteText.replace('trials: 3', 'trials: 6')

test('accept a baseline, then the gate is green for the same and red for a worse setup', async () => {
  const at = await place({ ...project, 'suite.yaml': more })
  at.env['GITHUB_ACTOR'] = 'ada'
  const early = await at.run('run', 'suite.yaml', '--gate')
  expect(early.exitCode).toBe(2)
  expect(early.stderr).toContain('baseline accept')

  expect((await at.run('run', 'suite.yaml', '--setup', 'guided')).exitCode).toBe(0)
  const accepted = await at.run('baseline', 'accept', 'latest', '--reason', 'first baseline')
  expect(accepted.exitCode).toBe(0)
  const text = await readFile(join(at.path, 'baselines/calc.json'), 'utf8')
  expect(JSON.parse(text).setups.guided).toMatchObject({
    accepted: { reason: 'first baseline', by: 'ada', previous: null },
    tasks: { add: { passed: 6, graded: 6 } },
  })

  const same = await at.run('gate', 'latest')
  expect(same.exitCode).toBe(0)

  await at.write({ 'agent.yaml': broken })
  const changedAgent = await at.run('run', 'suite.yaml', '--gate', '--setup', 'guided')
  // The harness's script is part of the setup; the task is the same, so the pass rates are compared.
  expect(changedAgent.stderr).toContain('REGRESSED')
  expect(changedAgent.exitCode).toBe(1)
  const json = await at.run('gate', 'latest', '--json')
  expect(json.exitCode).toBe(1)
  expect(JSON.parse(json.stdout).verdict).toMatchObject({ decision: 'regressed', exitCode: 1 })
})

test('a changed task cannot be compared: never green, and it says what differs', async () => {
  const at = await place({ ...project, 'suite.yaml': more })
  await at.run('run', 'suite.yaml', '--setup', 'guided')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  await at.write({ 'suite.yaml': more.replace('It should give 5.', 'Five, please.') })
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--setup', 'guided', '--gate')
  expect(exitCode).toBe(3)
  expect(stderr).toContain('add')
})

test('nothing graded is never green', async () => {
  const at = await place({ ...project, 'suite.yaml': more })
  await at.run('run', 'suite.yaml', '--setup', 'guided')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  await at.write({ 'agent.yaml': 'tasks:\n  add:\n    - steps: [{ fail: the model server is down }]\n' })
  const { exitCode, stderr } = await at.run(
    'run',
    'suite.yaml',
    '--setup',
    'guided',
    '--gate',
    '--trials',
    '1',
  )
  expect(exitCode).toBe(4)
  expect(stderr).toContain('the model server is down')
})

test('a damaged or foreign baseline is an error', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--setup', 'guided', '--trials', '1')
  await at.write({ 'baselines/calc.json': '{"schemaVersion": 1' })
  expect((await at.run('gate', 'latest')).exitCode).toBe(2)
  await at.write({ 'baselines/calc.json': '{"schemaVersion": 1, "suite": "other", "setups": {}}' })
  const foreign = await at.run('gate', 'latest')
  expect(foreign.exitCode).toBe(2)
  expect(foreign.stderr).toContain('other')
})

test('baseline accept needs a reason, and a second one remembers the first', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--setup', 'guided', '--trials', '1')
  expect((await at.run('baseline', 'accept', 'latest')).exitCode).toBe(2)
  expect((await at.run('baseline', 'accept', 'latest', '--reason', ' ')).exitCode).toBe(2)
  await at.run('baseline', 'accept', 'latest', '--reason', 'one')
  const twice = await at.run('baseline', 'accept', 'latest', '--reason', 'two')
  expect(twice).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is in the baseline already') })
  await at.run('baseline', 'accept', 'latest', '--reason', 'two', '--replace')
  const { setups } = JSON.parse(await readFile(join(at.path, 'baselines/calc.json'), 'utf8'))
  expect(setups.guided.accepted).toMatchObject({
    reason: 'two',
    previous: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('compare: two setups of a run, two runs, a baseline and a run', async () => {
  const at = await place({ ...project, 'suite.yaml': more })
  await at.run('run', 'suite.yaml')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  const inOne = await at.run('compare', 'latest')
  expect(inOne.exitCode).toBe(0)
  expect(inOne.stdout).toMatch(/add[^\n]*0\/6[^\n]*6\/6/)
  const named = await at.run('compare', 'latest:guided', 'latest:bare', '--json')
  const [comparison] = JSON.parse(named.stdout).comparisons
  expect(comparison).toMatchObject({
    comparedTasks: 1,
    verdict: { decision: 'regressed' },
    tasks: [{ task: 'add', flipped: true, delta: -1 }],
  })
  expect(comparison.pRegressed).toBeLessThan(0.01)
  const withBaseline = await at.run('compare', 'baselines/calc.json:guided', 'latest:guided', '--json')
  expect(JSON.parse(withBaseline.stdout).comparisons[0].difference.value).toBe(0)
  const unknown = await at.run('compare', 'latest:nobody', 'latest:bare')
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain('bare, guided')
})

test('grade: judges the stored patches again with mended graders, without the agent', async () => {
  const at = await place(project)
  await at.write({ 'hidden/add.test.js': project['hidden/add.test.js']?.replace('5)', '6)') ?? '' })
  await at.run('run', 'suite.yaml', '--trials', '1')
  const wrong = JSON.parse((await at.run('list', 'latest', '--json')).stdout)
  expect(wrong.trials.map((trial: { pass: boolean }) => trial.pass)).toEqual([false, false])

  await at.write({
    'hidden/add.test.js': project['hidden/add.test.js'] ?? '',
    'agent.yaml': 'tasks: { add: [{ steps: [{ fail: must not run }] }] }\n',
  })
  const again = await at.run('grade', 'latest', '--suite', 'suite.yaml')
  expect(again.exitCode).toBe(0)
  const right = JSON.parse((await at.run('list', 'latest', '--json')).stdout)
  expect(
    Object.fromEntries(right.trials.map((trial: { id: string; pass: boolean }) => [trial.id, trial.pass])),
  ).toEqual({
    'add/bare/0': false,
    'add/guided/0': true,
  })
})

test('a torn last line of trials.jsonl is told, left out, and done again by --resume', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--trials', '1')
  const { stdout } = await at.run('list', '--json')
  const path = join(at.path, '.agent-eval/runs', JSON.parse(stdout).runs[0].id, 'trials.jsonl')
  const whole = await readFile(path, 'utf8')
  await writeFile(path, whole.slice(0, -100))
  // A run that was ended by force has none.
  await rm(join(dirname(path), 'seal.json'))
  const listed = JSON.parse((await at.run('list', 'latest', '--json')).stdout)
  expect(listed.trials).toHaveLength(1)
  expect((await at.run('run', '--resume', 'latest')).exitCode).toBe(0)
  expect(JSON.parse((await at.run('list', 'latest', '--json')).stdout).trials).toHaveLength(2)
})

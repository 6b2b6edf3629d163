import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { badCanary, canaryOf, goodCanary } from '../graders/testing/canary.ts'
import { chatCompletion, modelServer, type ModelServer } from '../graders/testing/model-server.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

/** Runs the project with a judge besides its tests, two trials for each setup. */
async function runWith(answers: { good: string; bad: string }): Promise<[Place, ModelServer]> {
  const fine = JSON.stringify({ score: 1, verdict: 'pass', reasons: ['fine'] })
  const server = await modelServer(call => ({
    body: chatCompletion({ ...answers, none: fine }[canaryOf(call) ?? 'none']),
  }))
  onTestFinished(() => server.close())
  const grader = `      - { type: judge, api: openai, model: j, baseUrl: "${server.url}", apiKeyEnv: null, rubric: Is it good? }\n`
  const at = await place({ ...project, 'suite.yaml': suiteText.replace('gate:', `${grader}gate:`) })
  await at.run('run', 'suite.yaml', '--trials', '2', '--report', 'json=r.json')
  return [at, server]
}

test('a judge is tried with two samples once per run; where it is right, it judges, and gives no trial what its tests refuse', async () => {
  const [at, server] = await runWith({ good: goodCanary, bad: badCanary })
  expect(server.calls).toHaveLength(2 + 4)
  const { trials } = JSON.parse(await readFile(join(at.path, 'r.json'), 'utf8')) as {
    trials: { setup: string; pass: boolean; grades: { type: string; pass: boolean }[] }[]
  }
  for (const { setup, pass, grades } of trials) {
    expect(pass).toBe(setup === 'guided')
    expect(grades.find(({ type }) => type === 'judge')).toMatchObject({ pass: true, details: { canary: {} } })
  }
  expect((await at.run('verify', 'latest')).exitCode).toBe(0)
})

test('a judge that fails them is void: no trial is failed for it, all are errored', async () => {
  const [at, server] = await runWith({ good: goodCanary, bad: goodCanary })
  expect(server.calls).toHaveLength(2)
  const { trials } = JSON.parse(await readFile(join(at.path, 'r.json'), 'utf8')) as { trials: object[] }
  expect(trials).toHaveLength(4)
  for (const trial of trials)
    expect(trial).toMatchObject({
      status: 'errored',
      phase: 'grade',
      message: expect.stringContaining('the judge j is void for this run'),
    })
})

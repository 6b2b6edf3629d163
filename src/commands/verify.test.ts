import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

/** A finished run with two trials: bare fails, guided passes. */
async function finishedRun(files = project, env: Record<string, string> = {}): Promise<[Place, string]> {
  const at = await place(files)
  Object.assign(at.env, env)
  await at.run('run', 'suite.yaml', '--trials', '1')
  const runs = join(at.path, '.agent-eval/runs')
  const [id = ''] = await readdir(runs)
  return [at, join(runs, id)]
}

/** Changes a file, verifies, and puts the file right again. */
async function verifyWith(
  at: Place,
  file: string,
  change: (text: string) => string,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const text = await readFile(file, 'utf8')
  const changed = change(text)
  expect(changed).not.toBe(text)
  await writeFile(file, changed)
  const result = await at.run('verify', 'latest')
  await writeFile(file, text)
  return result
}

test('verify: all of an honest run follows from its evidence, and what was changed does not', async () => {
  const [at, run] = await finishedRun()
  const trials = join(run, 'trials.jsonl')
  const honest = await at.run('verify', 'latest')
  expect(honest).toMatchObject({ exitCode: 0, stdout: '' })
  expect(honest.stderr).toContain('2 trials')
  expect(JSON.parse((await at.run('verify', 'latest', '--json')).stdout)).toMatchObject({
    trials: 2,
    findings: [],
  })

  const verdict = await verifyWith(at, trials, text => text.replace(/"pass":false\}$/m, '"pass":true}'))
  expect(verdict.exitCode).toBe(1)
  expect(verdict.stdout).toContain('add/bare/0: its grades give fail, it says pass')

  const whole = await verifyWith(at, trials, text => text.replaceAll('"pass":false', '"pass":true'))
  expect(whole.stdout).toContain('add/bare/0: tests: the recorded tests give fail, the grade says pass')

  const lost = await verifyWith(at, trials, text => text.split('\n').slice(1).join('\n'))
  expect(lost).toMatchObject({ exitCode: 1 })
  expect(lost.stdout).toMatch(/^add\/\w+\/0: it is planned, but has no result/)

  const summary = await verifyWith(at, join(run, 'run.json'), text =>
    text.replace('"passed": 0', '"passed": 1'),
  )
  expect(summary.stdout).toContain('run: the summary of bare in run.json is not what its trials add up to')

  const doubled = await verifyWith(at, join(run, 'run.json'), text =>
    text.replace('"plan": [', '"plan": ["add/bare/0",'),
  )
  expect(doubled.stdout).toContain('add/bare/0: the plan has it twice')

  const prompt = await verifyWith(at, join(run, 'suite.json'), text => text.replace('gives -1', 'gives 0'))
  expect(prompt.stdout).toContain('run: the fingerprint of task add does not follow from suite.json')
  expect(prompt.stdout).toContain('add/bare/0: it was graded by another version of its task')

  const patch = await verifyWith(at, join(run, 'trials/add/bare/0/patch.diff'), text =>
    text.replace('+hello', '+hello\n+more').replace('@@ -0,0 +1 @@', '@@ -0,0 +1,2 @@'),
  )
  expect(patch.exitCode).toBe(1)
  expect(patch.stdout).toContain('add/bare/0: patch.diff has the sha256')
  expect(patch.stdout).toContain('add/bare/0: patch.diff has added lines 2, its trial says 1')

  const broken = await verifyWith(at, join(run, 'suite.json'), text => text.slice(1))
  expect(broken.exitCode).toBe(4)
  expect((await at.run('verify', 'nowhere')).exitCode).toBe(2)
  expect((await at.run('verify', run)).exitCode).toBe(0)
})

test('verify: a forged grade that is right in itself is refuted by the raw report', async () => {
  const [at, run] = await finishedRun()
  const forged = await verifyWith(at, join(run, 'trials.jsonl'), text =>
    text
      .split('\n')
      .map(line => {
        if (!line.includes('"add/bare/0"')) return line
        const trial = JSON.parse(line)
        const [grade] = trial.grades
        Object.assign(grade, { pass: true, score: 1 })
        grade.details.failToPass[0].state = 'passed'
        grade.details.passToPass.notPassed = []
        return JSON.stringify({ ...trial, pass: true, score: 1 })
      })
      .join('\n'),
  )
  expect(forged.exitCode).toBe(1)
  expect(forged.stdout).toContain(
    'the report in its logs has "adds two numbers" as failed, the grade as passed',
  )
})

test('verify: a graded trial cannot be replaced by another attempt, a regraded one is fine', async () => {
  const [at, run] = await finishedRun()
  await at.run('grade', 'latest')
  expect(await at.run('verify', 'latest')).toMatchObject({ exitCode: 0, stdout: '' })
  const path = join(run, 'trials.jsonl')
  const [line = ''] = (await readFile(path, 'utf8')).split('\n')
  const trial = JSON.parse(line)
  await appendFile(path, `${JSON.stringify({ ...trial, startedAt: '2030-01-01T00:00:00.000Z' })}\n`)
  const replaced = await at.run('verify', 'latest')
  expect(replaced.exitCode).toBe(1)
  expect(replaced.stdout).toContain(
    `${trial.id}: line 5 of trials.jsonl replaces a graded trial by another attempt`,
  )
})

test('verify: what is redacted is said to be unknown; a patch that is gone is a problem', async () => {
  const secret = 'tok-0123456789abcdef'
  const [at, run] = await finishedRun(
    {
      ...project,
      'suite.yaml': suiteText.replace(
        'script: ./agent.yaml } }',
        'script: ./agent.yaml }, env: [MY_TOKEN] }',
      ),
      'agent.yaml': (project['agent.yaml'] ?? '').replace('content: hello', `content: ${secret}`),
    },
    { MY_TOKEN: secret },
  )
  const redacted = await at.run('verify', 'latest')
  expect(redacted).toMatchObject({ exitCode: 0, stdout: '' })
  expect(redacted.stderr).toContain('add/bare/0: patch.diff is redacted, cannot be checked')
  expect(redacted.stderr).toContain('suite.json is redacted')
  await rm(join(run, 'trials/add/guided/0/patch.diff'))
  expect((await at.run('verify', 'latest')).stdout).toContain('add/guided/0: patch.diff is missing')
})

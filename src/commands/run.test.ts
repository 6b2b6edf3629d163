import { mkdir, readFile, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { RunManifest } from '../model/run.ts'
import { Trial } from '../model/trial.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

async function onlyRun(at: Place): Promise<{ folder: string; manifest: RunManifest; trials: Trial[] }> {
  const [id = ''] = await readdir(join(at.path, '.agent-eval/runs'))
  const folder = join(at.path, '.agent-eval/runs', id)
  const lines = (await readFile(join(folder, 'trials.jsonl'), 'utf8')).trimEnd().split('\n')
  return {
    folder,
    manifest: RunManifest.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))),
    trials: lines.map(line => Trial.parse(JSON.parse(line))),
  }
}

test('run: loads, runs both setups, grades by hidden tests, stores all of it, and shows them side by side', async () => {
  const at = await place(project)
  const { exitCode, stdout, stderr } = await at.run('run', 'suite.yaml')
  expect(stderr).toContain('guided')
  expect(exitCode).toBe(0)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/0\/3[^\n]*3\/3/)
  expect(stderr).toContain('scripted')
  expect(stderr).not.toContain('\u001b')

  const { folder, manifest, trials } = await onlyRun(at)
  expect(manifest).toMatchObject({
    status: 'finished',
    isolation: { level: expect.stringMatching(/none|process|sandbox/) },
  })
  expect(manifest.plan).toHaveLength(6)
  expect(
    trials.filter(trial => trial.setup === 'guided').every(trial => trial.status === 'graded' && trial.pass),
  ).toBe(true)
  expect(
    trials.filter(trial => trial.setup === 'bare').every(trial => trial.status === 'graded' && !trial.pass),
  ).toBe(true)
  const patch = await readFile(join(folder, 'trials/add/guided/0/patch.diff'), 'utf8')
  expect(patch).toContain('+export const add = (a, b) => a + b')
  expect(patch).not.toContain('AGENTS.md')
  expect(await readFile(join(folder, 'trials/add/guided/0/transcript.jsonl'), 'utf8')).toContain(
    'I change the sign.',
  )
  // Nothing is left where the agents worked.
  expect(await readdir(at.env['AGENT_EVAL_WORK'] as string)).toEqual([])
})

test('run --json: the whole report on stdout, nothing else', async () => {
  const at = await place(project)
  const { exitCode, stdout } = await at.run(
    'run',
    'suite.yaml',
    '--json',
    '--trials',
    '1',
    '--setup',
    'guided',
  )
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout)
  expect(report.run.plan).toEqual(['add/guided/0'])
  expect(report.trials[0]).toMatchObject({ id: 'add/guided/0', status: 'graded', pass: true })
})

test('run --dry-run: shows the plan and runs nothing', async () => {
  const at = await place(project)
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--dry-run')
  expect(exitCode).toBe(0)
  expect(stderr).toContain('6 trials')
  await expect(readdir(join(at.path, '.agent-eval/runs'))).rejects.toThrow('ENOENT')
})

test('run: a filter that matches nothing is an error that names what there is', async () => {
  const at = await place(project)
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--task', 'ad')
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/add/)
})

test('a harness that crashes fails its trial; one that floods, hangs or is missing never hangs the run', async () => {
  const agents: Record<string, string> = {
    crash: 'echo "no such model" >&2; exit 3',
    flood: 'yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    hang: 'trap "" TERM; (setsid sleep 600 &) ; sleep 600',
    garbage: 'head -c 300000 /dev/urandom',
    missing: 'no-such-program-anywhere',
  }
  const setups = Object.keys(agents).map(
    name => `  ${name}: { harness: { type: command, run: [./${name}.sh] } }`,
  )
  const at = await place({
    ...project,
    ...Object.fromEntries(
      Object.entries(agents).map(([name, text]) => [`${name}.sh`, `#!/bin/sh\n${text}\n`]),
    ),
    'suite.yaml': suiteText
      .replace(/setups:\n(  .*\n)+/, `setups:\n${setups.join('\n')}\n`)
      .replace('vary: [context]', 'vary: [harness]')
      .replace('timeout: 30s', 'timeout: 2s')
      .replace('trials: 3', 'trials: 1'),
  })
  const { exitCode, stderr } = await at.run('run', 'suite.yaml')
  const { trials } = await onlyRun(at)
  const of = (setup: string): Trial | undefined => trials.find(trial => trial.setup === setup)
  expect(of('crash')).toMatchObject({
    status: 'graded',
    pass: false,
    attempt: { stop: 'crash', exitCode: 3 },
  })
  expect(of('crash')?.attempt?.message).toContain('no such model')
  expect(of('flood')).toMatchObject({ status: 'graded', pass: false })
  expect(of('hang')).toMatchObject({ status: 'graded', pass: false, attempt: { stop: 'timeout' } })
  expect(of('garbage')).toMatchObject({ status: 'graded', pass: false, attempt: { stop: 'finished' } })
  expect(of('missing')).toMatchObject({ status: 'errored', phase: 'attempt' })
  expect(exitCode).toBe(4)
  expect(stderr).not.toMatch(/\n\s+at /)
})

test('a prepare that fails makes its trials errored, with the output of the command', async () => {
  const at = await place({
    ...project,
    'suite.yaml': suiteText.replace(
      '{ folder: ./calc }',
      '{ folder: ./calc, prepare: ["echo cannot find the compiler; exit 7"] }',
    ),
  })
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--trials', '1')
  expect(exitCode).toBe(4)
  expect(stderr).toContain('cannot find the compiler')
  const { trials } = await onlyRun(at)
  expect(trials.map(trial => trial.status === 'errored' && trial.phase)).toEqual(['prepare', 'prepare'])
})

test('Ctrl-C keeps what is finished, leaves no process, and --resume does the rest', async () => {
  const at = await place({
    ...project,
    'agent.yaml':
      'tasks:\n  add:\n    - if: { setup: guided }\n      steps: [{ run: [sleep, "600"] }]\n    - steps: [{ say: done }]\n',
    'suite.yaml': suiteText.replace('trials: 3', 'trials: 1').replace('timeout: 30s', 'timeout: 10m'),
  })
  const child = at.start('run', 'suite.yaml')
  let seen = ''
  child.stderr.on('data', (chunk: Buffer) => {
    const before = seen
    seen += chunk.toString()
    if (/1\/2/.test(seen) && !/1\/2/.test(before)) child.kill('SIGINT')
  })
  const { exitCode, stderr } = await child
  expect(exitCode).toBe(130)
  expect(stderr).toMatch(/1 of 2 trials are kept[^]*agent-eval run --resume/)
  expect((await onlyRun(at)).manifest.status).toBe('interrupted')

  await at.write({ 'agent.yaml': 'unused: the stored suite counts' })
  const stored = await onlyRun(at)
  const suite = await readFile(join(stored.folder, 'suite.json'), 'utf8')
  await at.write({
    [`.agent-eval/runs/${stored.manifest.id}/suite.json`]: suite.replaceAll('sleep, \\"600', 'sleep, \\"0'),
  })
  const resumed = await at.run('run', '--resume', 'latest')
  expect(resumed.exitCode).toBe(0)
  const after = await onlyRun(at)
  expect(after.manifest.status).toBe('finished')
  expect(after.trials.map(trial => trial.id).toSorted()).toEqual(['add/bare/0', 'add/guided/0'])
})

test('a secret that a setup passes never reaches the disk, whatever the agent does with it', async () => {
  const at = await place({
    ...project,
    'leak.sh':
      '#!/bin/sh\necho "key: $LEAKED_KEY"\nprintf %s "$LEAKED_KEY" | base64 > key.txt\nprintf %s "$LEAKED_KEY" >> src/add.js\n',
    'suite.yaml': suiteText
      .replace(
        /setups:\n(  .*\n)+/,
        'setups:\n  leak: { harness: { type: command, run: [./leak.sh] }, env: [LEAKED_KEY] }\n',
      )
      .replace('vary: [context]\n', ''),
  })
  const missing = await at.run('run', 'suite.yaml')
  expect(missing.exitCode).toBe(2)
  expect(missing.stderr).toContain('LEAKED_KEY (setup leak)')

  at.env['LEAKED_KEY'] = 'sk-1234567890-secret'
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--trials', '1')
  expect(exitCode).toBe(0)
  expect(stderr).not.toContain('sk-1234567890-secret')
  const everything = await execa(
    'grep',
    ['-rlE', 'sk-1234567890-secret|c2stMTIzNDU2Nzg5MC1zZWNyZXQ', join(at.path, '.agent-eval')],
    { reject: false },
  )
  expect(everything.stdout).toBe('')
  const { folder } = await onlyRun(at)
  expect(await readFile(join(folder, 'trials/add/leak/0/patch.diff'), 'utf8')).toContain(
    '[redacted:LEAKED_KEY]',
  )
})

test('an isolation that the suite requires and that cannot be had: nothing runs', async () => {
  const at = await place({
    ...project,
    'suite.yaml': suiteText.replace('trials: 3', 'trials: 1\nisolation: sandbox'),
  })
  await mkdir(join(at.path, 'bin'))
  for (const program of ['node', 'git', 'cp', 'sh']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${program}`])
    await symlink(stdout, join(at.path, 'bin', program))
  }
  at.env['PATH'] = join(at.path, 'bin')
  const { exitCode, stderr } = await at.run('run', 'suite.yaml')
  expect(exitCode).toBe(4)
  expect(stderr).toContain('isolation "sandbox" does not work here')
  await expect(readdir(join(at.path, '.agent-eval/runs'))).rejects.toThrow('ENOENT')
  const weaker = await at.run('run', 'suite.yaml', '--isolation', 'none')
  expect(weaker.exitCode).toBe(4)
})

test('run --resume: goes on at the isolation that the run began with, and at no other one', async () => {
  const at = await place(project)
  expect(await at.run('run', 'suite.yaml', '--isolation', 'none', '--json')).toMatchObject({ exitCode: 0 })
  expect(await at.run('run', '--resume', 'latest')).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('isolation  none'),
  })
  expect(await at.run('run', '--resume', 'latest', '--isolation', 'process')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('began at isolation "none" and cannot go on at another one'),
  })
})

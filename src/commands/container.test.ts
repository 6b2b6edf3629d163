import { mkdir, readFile, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { makeTestImage } from '../testing/image.ts'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const [docker, podman] = [await makeTestImage('docker'), await makeTestImage('podman')]
const made = 'reference' in docker ? docker : podman
const reference = 'reference' in made ? made.reference : 'none'
const missing = 'missing' in made
const reasons = [docker, podman].flatMap(image => ('missing' in image ? [image.missing] : []))
const suffix = missing ? ` (skipped: ${reasons.join('; ')})` : ''
afterAll(async () => {
  for (const image of [docker, podman]) if ('reference' in image) await image.remove()
})

function inContainer(change: (text: string) => string = text => text): Promise<Place> {
  const text = suiteText
    .replace('trials: 3', 'trials: 1\nisolation: container')
    .replace(
      '{ folder: ./calc }',
      `{ folder: ./calc, image: "${reference}", prepare: [echo made > made.txt] }`,
    )
  return place({ ...project, 'suite.yaml': change(text) })
}

test('isolation container: a source without an image is a mistake of the suite', async () => {
  const at = await inContainer(text => text.replace(/, image: "[^"]*"/, ''))
  const { exitCode, stderr } = await at.run('validate', 'suite.yaml')
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/suite\.yaml:\d+:\d+: .*missing key "image"/)
})

test('isolation container: without docker and podman nothing runs, and both are said to be missing', async () => {
  const at = await place(project)
  at.env['PATH'] = join(at.path, 'bin')
  await mkdir(at.env['PATH'])
  for (const program of ['node', 'git', 'cp', 'sh']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${program}`])
    await symlink(stdout, join(at.env['PATH'], program))
  }
  const { exitCode, stderr } = await at.run('run', 'suite.yaml', '--isolation', 'container')
  expect(exitCode).toBe(4)
  expect(stderr).toContain(
    'isolation "container" does not work here:\n  docker: not installed\n  podman: not installed',
  )
  await expect(readdir(join(at.path, '.agent-eval/runs'))).rejects.toThrow('ENOENT')
})

test.skipIf(missing)(`a suite runs in containers from prepare to verdict${suffix}`, async () => {
  const at = await inContainer()
  const { exitCode, stderr, stdout } = await at.run('run', 'suite.yaml', '--json')
  expect(stderr).toContain('is not pinned')
  expect(exitCode).toBe(0)
  const report = JSON.parse(stdout)
  expect(report.run.isolation).toMatchObject({
    level: 'container',
    images: { calc: { reference, id: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), digest: null } },
  })
  const passed = report.trials.map((trial: { setup: string; pass: boolean }) => [trial.setup, trial.pass])
  expect(Object.fromEntries(passed)).toEqual({ bare: false, guided: true })
  expect((await at.run('verify', 'latest')).exitCode).toBe(0)
  const again = await at.run('grade', 'latest')
  expect(again.stderr).toContain('container - ')
  expect(again.exitCode).toBe(0)
})

test.skipIf(missing)(`an agent that is not in the image is told before anything runs${suffix}`, async () => {
  const at = await inContainer(text =>
    text.replaceAll('{ type: scripted, script: ./agent.yaml }', '{ type: command, run: [git, status] }'),
  )
  const { exitCode, stderr } = await at.run('run', 'suite.yaml')
  expect(exitCode).toBe(4)
  expect(stderr).toContain(`setup bare in image ${reference}: git was not found`)
})

test.skipIf(missing)(
  `an agent works in the container: with its folders, and without those of the host${suffix}`,
  async () => {
    const look = `ls /; echo 'export const add = (a, b) => a + b' > src/add.js; echo "$PATH" > "$AGENT_EVAL_LOGS/path"; test ! -e ${process.cwd()}`
    const at = await inContainer(text =>
      text.replaceAll(
        '{ type: scripted, script: ./agent.yaml }',
        `{ type: command, run: ${JSON.stringify(look)} }`,
      ),
    )
    const { exitCode, stdout } = await at.run('run', 'suite.yaml', '--json', '--setup', 'bare')
    expect(exitCode).toBe(0)
    const { trials, run } = JSON.parse(stdout)
    expect(trials[0]).toMatchObject({
      status: 'graded',
      pass: true,
      outcome: { changedFiles: ['src/add.js'] },
    })
    const logs = join(at.path, '.agent-eval/runs', run.id, 'trials/add/bare/0')
    expect(await readFile(join(logs, 'path'), 'utf8')).not.toContain(process.env['PATH'])
  },
)

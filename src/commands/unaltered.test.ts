import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place, type Place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

async function runFolder(at: Place): Promise<string> {
  const runs = join(at.path, '.agent-eval/runs')
  return join(runs, (await readdir(runs))[0] ?? '')
}

test('nothing is built on a run to which somebody else wrote a result', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--trials', '1')
  const accept = ['baseline', 'accept', 'latest', '--file', 'base.json', '--reason', 'first']
  expect((await at.run(...accept)).exitCode).toBe(0)
  const builds = [
    ['compare', 'latest'],
    ['compare', 'base.json', 'latest:bare'],
    accept,
    ['gate', 'latest', '--baseline', 'base.json'],
    ['grade', 'latest'],
    ['run', '--resume', 'latest'],
  ]
  for (const words of builds) expect((await at.run(...words)).stderr).not.toContain('is not what')

  const path = join(await runFolder(at), 'trials.jsonl')
  const text = await readFile(path, 'utf8')
  const forged = text.split('\n').find(line => line.includes('"add/bare/0"')) ?? ''
  await appendFile(path, `${forged.replaceAll('"pass":false', '"pass":true')}\n`)
  for (const words of builds)
    expect(await at.run(...words)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('is not what agent-eval wrote'),
    })
  const shown = await at.run('list', 'latest')
  expect(shown).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('warning: trials.jsonl in') })
  expect((await at.run('show', 'add/bare/0')).stderr).toContain('warning: trials.jsonl in')
  expect(await at.run('verify', 'latest')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining('is not what agent-eval wrote'),
  })

  await writeFile(path, text)
  expect((await at.run('compare', 'latest')).exitCode).toBe(0)
})

test('a result that an agent writes while its run goes on is seen at its end', async () => {
  const at = await place(project)
  const script = `for run in ${at.path}/.agent-eval/runs/*; do echo '{}' >> "$run/trials.jsonl"; done`
  await writeFile(
    join(at.path, 'suite.yaml'),
    suiteText.replace(
      'harness: { type: scripted, script: ./agent.yaml }',
      `harness: { type: command, run: ${JSON.stringify(['/bin/sh', '-c', script])} }`,
    ),
  )
  const result = await at.run('run', 'suite.yaml', '--trials', '1', '--isolation', 'none')
  expect(result).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('is not what agent-eval wrote'),
  })
})

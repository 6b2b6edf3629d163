import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const secret = 'tok-0123456789abcdef'

test('scan: names the files and places that hold a secret, in any encoding, and never shows it', async () => {
  const at = await place({
    ...project,
    'suite.yaml': suiteText.replace(
      'script: ./agent.yaml } }',
      'script: ./agent.yaml }, env: [MY_TOKEN, OTHER] }',
    ),
  })
  Object.assign(at.env, { MY_TOKEN: secret, OTHER: 'other-0123456789' })
  await at.run('run', 'suite.yaml', '--trials', '1')
  delete at.env['OTHER']

  const clean = await at.run('scan', 'latest')
  expect(clean.exitCode).toBe(0)
  expect(clean.stderr).toContain('not set here, so not checked: OTHER')
  expect(clean.stderr).toContain('none found')

  const runs = join(at.path, '.agent-eval/runs')
  const folder = join(runs, (await readdir(runs))[0] ?? '', 'trials/add/bare/0')
  await writeFile(join(folder, 'late.log'), `12345${Buffer.from(secret).toString('base64')}\n`)
  await mkdir(join(folder, 'more'))
  await writeFile(
    join(folder, 'more', `${secret}.txt`),
    Buffer.concat([Buffer.alloc(65_530), Buffer.from(secret)]),
  )

  const found = await at.run('scan', 'latest')
  expect(found.exitCode).toBe(1)
  expect(found.stdout).toContain('trials/add/bare/0/late.log: MY_TOKEN in its content, at byte 5\n')
  expect(found.stdout).toContain('more/[redacted:MY_TOKEN].txt: MY_TOKEN in its name')
  expect(found.stdout).toContain('more/[redacted:MY_TOKEN].txt: MY_TOKEN in its content, at byte 65530')
  const json = await at.run('scan', 'latest', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({ checked: ['MY_TOKEN'], notSet: ['OTHER'] })
  expect(JSON.parse(json.stdout).found).toHaveLength(3)
  for (const { stdout, stderr } of [found, json]) expect(stdout + stderr).not.toContain(secret)

  delete at.env['MY_TOKEN']
  const nothing = await at.run('scan', 'latest')
  expect(nothing.exitCode).toBe(2)
  expect(nothing.stderr).toContain('nothing can be checked')
})

test('scan: --env names more variables, each of which must be set', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--trials', '1')
  const without = await at.run('scan', 'latest')
  expect(without.exitCode).toBe(0)
  expect(without.stderr).toContain('the suite declares none')
  const unset = await at.run('scan', 'latest', '--env', 'NOT_THERE')
  expect(unset.exitCode).toBe(2)
  expect(unset.stderr).toContain('NOT_THERE')
  at.env['SENTENCE'] = 'I change the sign.'
  const found = await at.run('scan', 'latest', '--env', 'SENTENCE')
  expect(found.exitCode).toBe(1)
  expect(found.stdout).toMatch(
    /^trials\/add\/guided\/0\/transcript\.jsonl: SENTENCE in its content, at byte \d+$/m,
  )
})

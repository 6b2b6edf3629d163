import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project } from '../testing/project.ts'

test('--version and --help answer, an unknown verb or option is wrong input', async () => {
  const at = await place()
  const version = await at.run('--version')
  expect(version).toMatchObject({
    exitCode: 0,
    stdout: JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')).version,
  })
  const help = await at.run('--help')
  expect(help.exitCode).toBe(0)
  for (const verb of [
    'init',
    'validate',
    'run',
    'grade',
    'compare',
    'gate',
    'baseline',
    'list',
    'show',
    'scan',
    'verify',
    'cache',
    'schema',
    'doctor',
  ]) {
    expect(help.stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'))
    const own = await at.run(verb, '--help')
    expect(own.stdout).toContain('Examples:')
  }
  const typo = await at.run('rum')
  expect(typo.exitCode).toBe(2)
  expect(typo.stderr).toContain('run')
  expect((await at.run('run', 'x.yaml', '--trails', '3')).exitCode).toBe(2)
  expect((await at.run('run', 'x.yaml', '--trials', '0')).exitCode).toBe(2)
})

test('a missing suite file is one line, not a stack', async () => {
  const at = await place()
  const { exitCode, stderr } = await at.run('run', 'nowhere.yaml')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('nowhere.yaml')
  expect(stderr.trim().split('\n').length).toBeLessThan(4)
})

test('schema: a JSON Schema that knows the graders and harnesses', async () => {
  const at = await place()
  const { exitCode, stdout } = await at.run('schema')
  expect(exitCode).toBe(0)
  const text = JSON.stringify(JSON.parse(stdout))
  for (const word of ['failToPass', 'scripted', 'hidden', 'maxCostUsd', 'rubric'])
    expect(text).toContain(word)
})

test('doctor: says what is here, never shows a key', async () => {
  const at = await place()
  at.env['OPENAI_API_KEY'] = 'sk-never-shown-1234'
  const { exitCode, stdout, stderr } = await at.run('doctor', '--quick', '--json')
  expect(exitCode).toBe(0)
  const { checks } = JSON.parse(stdout)
  expect(checks.find((check: { name: string }) => check.name === 'git')).toMatchObject({ state: 'ok' })
  expect(checks.find((check: { name: string }) => check.name === 'OPENAI_API_KEY')).toMatchObject({
    state: 'ok',
  })
  expect(stdout + stderr + (await at.run('doctor', '--quick')).stderr).not.toContain('never-shown')
})

test('list and show: runs, trials, the suite, one trial with its grades and patch', async () => {
  const at = await place(project)
  expect((await at.run('list')).stdout).toContain('No runs yet')
  const none = await at.run('show', 'add/guided/0')
  expect(none.exitCode).toBe(2)
  await at.run('run', 'suite.yaml', '--trials', '1')
  expect((await at.run('list')).stdout).toMatch(/calc.*finished.*bare 0 of 1.*guided 1 of 1/s)
  expect((await at.run('list', 'latest')).stdout).toMatch(/fail\s+add\/bare\/0[^]*pass\s+add\/guided\/0/)
  expect((await at.run('list', 'suite.yaml')).stdout).toContain('guided')
  const shown = await at.run('show', 'add/bare/0')
  expect(shown.stdout).toContain('adds two numbers')
  expect(shown.stdout).toContain('+hello')
  const wrong = await at.run('show', 'add/bare/7')
  expect(wrong.exitCode).toBe(2)
  expect(wrong.stderr).toContain('add/bare/0')
})

test('init: writes a suite that is valid, with tasks from the repository’s own past', async () => {
  const at = await place({
    'package.json': '{ "type": "module", "scripts": { "test": "node --test" } }\n',
    'AGENTS.md': 'Be brief.\n',
    '.agents/skills/release/SKILL.md': '---\nname: release\ndescription: how to release\n---\nTag it.\n',
    'src/add.js': 'export const add = (a, b) => a - b\n',
  })
  await at.git('init', '-q')
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'start')
  await at.write({
    'src/add.js': 'export const add = (a, b) => a + b\n',
    'test/add.test.js': project['hidden/add.test.js'] ?? '',
  })
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'Add numbers rather than subtract them')

  const made = await at.run('init')
  const isHere = JSON.parse((await at.run('doctor', '--quick', '--json')).stdout).checks.some(
    (check: { name: string; state: string }) => check.name === 'pi' && check.state === 'ok',
  )
  expect(made.stderr.includes('Its agent is missing here')).toBe(!isHere)
  expect(made.stderr).toContain('agent-eval.yaml with 1 task.')
  expect(made.exitCode).toBe(0)
  const text = await readFile(join(at.path, 'agent-eval.yaml'), 'utf8')
  expect(text).toContain('strip:')
  expect(text).toContain('./.agents/skills/release')
  const proven = await at.run('validate', 'agent-eval.yaml', '--prove')
  expect(proven.stderr).toContain('1 of 1 task proven')

  const again = await at.run('init')
  expect(again.exitCode).toBe(2)
  expect((await at.run('init', '--force')).exitCode).toBe(0)
})

test('init: outside of a repository it says what to do', async () => {
  const at = await place()
  const { exitCode, stderr } = await at.run('init')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('git init')
})

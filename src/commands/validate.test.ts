import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

test('validate: a good suite is said to be valid', async () => {
  const at = await place(project)
  const { exitCode, stderr } = await at.run('validate', 'suite.yaml')
  expect(exitCode).toBe(0)
  expect(stderr).toContain('suite.yaml is valid: 1 task, 2 setups')
})

test('validate: all mistakes of a file at once, with place and nearest name', async () => {
  const at = await place({
    ...project,
    'suite.yaml': suiteText.replace('trials: 3', 'trial: 3').replace('failToPass', 'failToPas'),
  })
  const { exitCode, stderr } = await at.run('validate', 'suite.yaml')
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/suite\.yaml:2:1: .*trial.*did you mean "?trials/)
  expect(stderr).toMatch(/suite\.yaml:\d+:9: .*failToPas.*did you mean "?failToPass/)
})

test('validate --prove: the reference passes and no change fails', async () => {
  const at = await place(project)
  const { exitCode, stderr, stdout } = await at.run('validate', 'suite.yaml', '--prove', '--json')
  expect(stderr).toContain('1 of 1 task proven')
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout).proofs[0]).toMatchObject({ task: 'add', result: 'proven', problems: [] })
})

test('validate --prove: refutes a task whose reference does not help, and one that is solved already', async () => {
  const useless = project['reference/add.patch']?.replace('a + b', 'a * b') ?? ''
  const at = await place({ ...project, 'reference/add.patch': useless })
  const wrong = await at.run('validate', 'suite.yaml', '--prove')
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stderr).toContain('The reference patch must pass')
  expect(wrong.stderr).toContain('adds two numbers')

  await at.write({
    'hidden/add.test.js': "import { test } from 'node:test'\ntest('adds two numbers', () => {})\n",
  })
  const solved = await at.run('validate', 'suite.yaml', '--prove')
  expect(solved.exitCode).toBe(1)
  expect(solved.stderr).toContain('No change at all must fail')
})

test('validate --prove: a fix commit gives hidden tests and reference, and no workspace sees them', async () => {
  const at = await place()
  await at.git('init', '-q')
  const files = (source: string): Record<string, string> => ({
    'package.json': '{ "type": "module" }\n',
    'src/add.js': source,
    'test/add.test.js':
      "import { test } from 'node:test'\nimport assert from 'node:assert'\ntest('old', () => assert.ok(1))\n",
  })
  await at.write(files('export const add = (a, b) => a - b\n'))
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'broken')
  const pin = await at.git('rev-parse', 'HEAD')
  await at.write({
    ...files('export const add = (a, b) => a + b\n'),
    'test/add.test.js': project['hidden/add.test.js'] ?? '',
  })
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'mend add')
  const fix = await at.git('rev-parse', 'HEAD')
  await at.write({
    'snoop.sh': `#!/bin/sh\ngit cat-file -t ${fix} && echo FOUND-FIX\ngit log --all --oneline\ngrep -r "adds two numbers" . && echo FOUND-TEST\nexit 0\n`,
    'agent-eval.yaml': `suite: history
trials: 1
sources: { self: { git: ., commit: ${pin} } }
setups: { snoop: { harness: { type: command, run: [./snoop.sh] } } }
tasks:
  - id: add
    prompt: mend add
    fix: { commit: ${fix}, hidden: [test/**] }
    graders: [{ type: tests, run: [node, --test], failToPass: [adds two numbers] }]
`,
  })
  const proven = await at.run('validate', 'agent-eval.yaml', '--prove')
  expect(proven.stderr).toContain('1 of 1 task proven')
  expect(proven.exitCode).toBe(0)

  expect((await at.run('run', 'agent-eval.yaml')).exitCode).toBe(0)
  const shown = await at.run('show', 'add/snoop/0', '--json')
  const said = JSON.stringify(JSON.parse(shown.stdout).transcript)
  expect(said).toContain('broken')
  expect(said).not.toContain('FOUND')
  expect(said).not.toContain('mend add\\n')
})

test('validate --prove: a reference that does not apply, and a fix that cannot be one, are the suite’s faults', async () => {
  const at = await place({ ...project, 'reference/add.patch': 'no patch at all\n' })
  const broken = await at.run('validate', 'suite.yaml', '--prove')
  expect(broken.exitCode).toBe(1)
  expect(broken.stderr).toContain('The reference of the task: the patch does not apply')

  await at.git('init', '-q')
  await at.git('add', '-A')
  await at.git('commit', '-qm', 'all')
  const pin = await at.git('rev-parse', 'HEAD')
  await at.write({
    'suite.yaml': suiteText
      .replace('{ folder: ./calc }', `{ git: ., commit: ${pin} }`)
      .replace('reference: ./reference/add.patch', `fix: { commit: ${pin}, hidden: [test/**] }`),
  })
  const late = await at.run('validate', 'suite.yaml', '--prove')
  expect(late.exitCode).toBe(1)
  expect(late.stderr).toMatch(/task add: fix commit .* lies before it/)
  // Told before an agent is paid for.
  const run = await at.run('run', 'suite.yaml')
  expect(run.exitCode).toBe(2)
  expect(run.stderr).toContain('task add: fix commit')
})

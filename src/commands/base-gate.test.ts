import { readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { RunManifest } from '../model/run.ts'
import { place } from '../testing/cli.ts'
import { pullRequest, suite } from './testing/pull-request.ts'

test('honest changes of what is under test are measured, and go through', async () => {
  const pr = await pullRequest()
  await pr.write({
    'evals/context/AGENTS.md': 'Plus adds. Leave notes. Be kind.\n',
    'evals/context/CLAUDE.md': 'See AGENTS.md.\n',
    'evals/skills/kind/SKILL.md': '---\nname: kind\ndescription: how to be kind\n---\nSmile.\n',
  })
  await pr.edit(
    'evals/suite.yaml',
    './context/AGENTS.md }',
    './context/AGENTS.md, CLAUDE.md: ./context/CLAUDE.md }',
  )
  await pr.edit(
    'evals/suite.yaml',
    '    context:',
    '    prompt: "{{prompt}} Please."\n    skills: [./skills/kind]\n    context:',
  )
  await pr.edit('evals/agent.yaml', 'I do not know.', 'I know nothing.')
  const judged = await pr.gate()
  expect(judged).toMatchObject({ exitCode: 0, open: [], added: [] })
  const { stderr } = judged
  expect(stderr).toMatch(/Rules of main \([0-9a-f]{7}\); tested is [0-9a-f]{7}\.\n/)
  expect(stderr).toMatch(
    /tested +guided: context\[AGENTS\.md\]: changed; guided: context\[CLAUDE\.md\]: added/,
  )

  const [id = ''] = await readdir(join(pr.path, '.agent-eval/runs'))
  const run = RunManifest.parse(
    JSON.parse(await readFile(join(pr.path, '.agent-eval/runs', id, 'run.json'), 'utf8')),
  )
  expect(run.suite.file).toBe(join(pr.path, 'evals/suite.yaml'))
  expect(run.rules?.base).toEqual({ name: 'main', commit: await pr.git('rev-parse', 'main') })
  expect(run.provenance).toMatchObject({ suiteCommit: await pr.git('rev-parse', 'HEAD'), suiteDirty: false })
  // A baseline of the working tree must not get to judge it after all.
  expect(await pr.run('gate', 'latest')).toMatchObject({ exitCode: 2 })
  expect(await pr.run('run', '--resume', 'latest', '--gate')).toMatchObject({ exitCode: 2 })
})

test('an honest regression is red, also one of the agent that stands beside the suite', async () => {
  const pr = await pullRequest()
  await pr.write({ 'evals/agent.yaml': 'tasks: { "*": [{ steps: [{ say: I give up. }] }] }\n' })
  expect(await pr.gate()).toMatchObject({ exitCode: 1, decision: 'regressed', open: [] })
})

test('changed rules need approval, one by one or as they are now; a later change needs it again', async () => {
  const pr = await pullRequest()
  await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 20')
  await pr.edit('evals/suite.yaml', 'trials: 2', 'trials: 3')
  const markdown = join(pr.path, '..', 'summary.md')
  const junit = join(pr.path, '..', 'junit.xml')
  const refused = await pr.gate('--report', `markdown=${markdown}`, '--report', `junit=${junit}`)
  expect(refused).toMatchObject({ exitCode: 3, decision: 'needs-approval', open: ['trials', 'margin'] })
  expect(refused.stderr).toMatch(
    /^NEEDS APPROVAL\. 2 changes of the gate's own rules need approval: trials, margin\./m,
  )
  expect(refused.stderr).toMatch(/^ {2}needs approval {2}margin +10 -> 20$/m)
  expect(refused.stderr).toContain(
    'By the thresholds and baseline in the working tree it would be "inconclusive".',
  )
  expect(await readFile(markdown, 'utf8')).toContain('- **needs approval** `margin` `10 -> 20`\n')
  expect(await readFile(junit, 'utf8')).toMatch(
    /name="margin" time="0\.000">\n<error message="needs approval: 10 -&gt; 20" type="needs-approval"\/>/,
  )

  const half = await pr.plan('--approve', 'margin')
  expect(half).toMatch(/needs approval {2}trials [^]*approved {8}margin /)
  const misspelled = await pr.gate('--approve', 'marzipan')
  expect(misspelled.exitCode).toBe(2)
  expect(misspelled.stderr).toMatch(
    /--approve marzipan.*: there is no such change\. What can be approved: trials, margin, or all .*: [0-9a-f]{32}$/m,
  )
  const digest = /all of them as they are now: --approve ([0-9a-f]{32})$/m.exec(refused.stderr)?.[1] ?? ''
  const approved = await pr.gate('--approve', digest)
  expect(approved).toMatchObject({ exitCode: 0, open: [] })
  expect(approved.stderr).toContain('6 of 6 trials passed')

  await pr.edit('evals/suite.yaml', 'margin: 20', 'margin: 90')
  expect(await pr.plan('--approve', digest)).toMatch(/needs approval {2}trials [^]*needs approval {2}margin /)
})

test('a new task and a new setup go through unrun; approved ones are run', async () => {
  const pr = await pullRequest()
  await pr.edit(
    'evals/suite.yaml',
    'tasks:\n',
    '  bare: { harness: { type: scripted, script: ./agent.yaml } }\ntasks:\n  - { id: new, prompt: x, graders: [{ type: files, exists: [NOTES.md] }] }\n',
  )
  const green = await pr.gate()
  expect(green).toMatchObject({ exitCode: 0, open: [], added: ['task:new', 'setup:bare'] })
  expect(green.stderr).toMatch(/new, not run +task:new +added/)
  const more = await pr.gate('--approve', 'task:new')
  expect(more).toMatchObject({ exitCode: 0, added: ['setup:bare'] })
  expect(more.stderr).toContain('6 of 6 trials passed')
})

test('what cannot be had is red and says what to do', async () => {
  const pr = await pullRequest({
    'evals/other.yaml': suite.replaceAll('calc.json', 'missing.json'),
    'evals/broken.yaml': suite.replace('trials: 2', 'trials: many'),
  })
  await pr.write({ 'evals/new.yaml': suite, 'evals/broken.yaml': suite })
  await pr.git('add', '-A')
  await pr.git('commit', '-qm', 'change')
  const run = (...args: string[]) => pr.run('run', ...args)
  const cases: [string[], RegExp][] = [
    [
      ['evals/suite.yaml', '--base', 'nowhere'],
      /there is no commit nowhere in this repository: fetch it first/,
    ],
    [['evals/suite.yaml', '--base', '--upload-pack=x'], /there is no commit/],
    [
      ['evals/new.yaml', '--base', 'main'],
      /evals\/new\.yaml is not in main \([0-9a-f]{7}\)[^]*first baseline/,
    ],
    [
      ['evals/other.yaml', '--base', 'main'],
      /[0-9a-f]{7}:evals\/baselines\/missing\.json: there is no baseline yet/,
    ],
    [['evals/broken.yaml', '--base', 'main'], /^error: [0-9a-f]{7}:evals\/broken\.yaml:2:9: /],
    [['../elsewhere.yaml', '--base', 'main'], /outside of the repository/],
    [['evals/suite.yaml', '--base', 'main', '--baseline', 'x.json'], /exclude each other/],
    [['--resume', 'latest', '--base', 'main'], /exclude each other/],
    [['evals/suite.yaml', '--approve', 'margin'], /--base origin\/main/],
  ]
  for (const [args, message] of cases) {
    const { exitCode, stderr } = await run(...args)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(2)
  }
  await expect(readdir(join(pr.path, '.agent-eval'))).rejects.toThrow('ENOENT')
})

test('a shallow clone without the base says how to get it; outside of git there is no base', async () => {
  const pr = await pullRequest()
  await pr.git('commit', '-q', '--allow-empty', '-m', 'one')
  const clone = await place()
  await rm(clone.path, { recursive: true })
  await execa('git', ['clone', '-q', '--depth=1', `file://${pr.path}`, clone.path], { env: clone.env })
  const shallow = await clone.run('run', 'evals/suite.yaml', '--base', 'origin/main')
  expect(shallow).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('fetch-depth: 0') })
  const nowhere = await place({ 'suite.yaml': suite })
  const { exitCode, stderr } = await nowhere.run('run', 'suite.yaml', '--base', 'main')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('no git repository')
})

test('--dry-run tells what needs approval without running anything', async () => {
  const pr = await pullRequest()
  await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 20')
  const { stderr } = await pr.run('run', 'evals/suite.yaml', '--base', 'main', '--dry-run')
  expect(stderr).toMatch(
    /4 trials: [^]*Nothing was run\.\nRules of main[^]*needs approval {2}margin {2}10 -> 20/,
  )
})

test('commits on the base that a branch has not got are not blamed on it without a hint', async () => {
  const pr = await pullRequest()
  await pr.git('switch', '-q', 'main')
  await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 5')
  await pr.git('commit', '-qam', 'stricter')
  await pr.git('switch', '-q', 'change')
  const { exitCode, open, stderr } = await pr.gate()
  expect({ exitCode, open }).toEqual({ exitCode: 3, open: ['margin'] })
  expect(stderr).toMatch(/main has commits that are not in HEAD[^]*merge or\s+rebase/)
})

test('a task that was mended goes through with its new baseline, once both are approved', async () => {
  const pr = await pullRequest()
  await pr.edit('evals/hidden/check.sh', '#!/bin/sh', '#!/bin/sh\n# as strict, but told better')
  expect(await pr.gate('--approve', 'task:add')).toMatchObject({ exitCode: 3, decision: 'incomparable' })

  await pr.run('run', 'evals/suite.yaml', '--isolation', 'none')
  await pr.run('baseline', 'accept', 'latest', '--reason', 'the check was mended')
  expect(await pr.plan()).toMatch(/needs approval {2}task:add [^]*needs approval {2}baseline /)
  expect(await pr.gate('--approve', 'task:add', '--approve', 'baseline')).toMatchObject({
    exitCode: 0,
    open: [],
  })
})

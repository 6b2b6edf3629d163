import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullRequest, suite, type PullRequest } from './testing/pull-request.ts'

interface Attack {
  name: string
  change(pr: PullRequest): Promise<unknown>
  /** Items that need approval afterwards. */
  open: string[]
}

const weakCheck = { 'evals/hidden/check.sh': '#!/bin/sh\necho "{\\"score\\":1}"\n' }
const answer = 'export const add = (a, b) => a + b\n'
const cheat = `#!/bin/sh\necho done > NOTES.md; echo '${answer.trim()}' > src/add.js\n`

/** Each makes the agent worse, and tries to hide it. */
const attacks: Attack[] = [
  {
    name: 'weakens a hidden test, the margin, the baseline and the number of trials',
    change: async pr => {
      await pr.write(weakCheck)
      await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 100')
      await pr.edit('evals/suite.yaml', 'trials: 2', 'trials: 1')
      await pr.edit('evals/baselines/calc.json', '"passed":2', '"passed":0')
      await pr.edit('evals/baselines/calc.json', '"passed":2', '"passed":0')
    },
    open: ['task:add', 'trials', 'margin', 'baseline'],
  },
  {
    name: 'deletes a task and the baseline',
    change: async pr => {
      const task = suite.slice(suite.indexOf('  - id: add'), suite.indexOf('  - id: note'))
      await pr.edit('evals/suite.yaml', task, '')
      await rm(join(pr.path, 'evals/baselines/calc.json'))
    },
    open: ['task:add', 'baseline'],
  },
  {
    name: 'renames a task, and has graders that are always content',
    change: async pr => {
      await pr.edit('evals/suite.yaml', 'id: add', 'id: sum')
      await pr.edit(
        'evals/suite.yaml',
        '{ type: files, exists: [NOTES.md] }',
        '{ type: command, run: "true" }',
      )
    },
    open: ['task:add', 'task:note'],
  },
  {
    name: 'makes a hidden file a link to another one',
    change: async pr => {
      await pr.write({ 'evals/easy.sh': weakCheck['evals/hidden/check.sh'] })
      await rm(join(pr.path, 'evals/hidden/check.sh'))
      await symlink('../easy.sh', join(pr.path, 'evals/hidden/check.sh'))
    },
    open: ['task:add'],
  },
  {
    name: 'makes the folder of the suite a link to another one',
    change: async pr => {
      await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 100')
      await pr.write(weakCheck)
      await rename(join(pr.path, 'evals'), join(pr.path, 'easy'))
      await symlink('easy', join(pr.path, 'evals'))
    },
    open: ['task:add', 'margin'],
  },
  {
    name: 'starts another program as agent, with a secret of the host',
    change: async pr => {
      await pr.write({ 'evals/cheat.sh': cheat })
      await pr.edit(
        'evals/suite.yaml',
        'harness: { type: scripted, script: ./agent.yaml }',
        'harness: { type: command, run: [./cheat.sh] }\n    env: [HOST_SECRET]',
      )
    },
    open: ['setup:guided'],
  },
  {
    name: 'puts the answer into the workspace as a context file',
    change: async pr => {
      await pr.write({ 'evals/answer.js': answer, 'evals/notes': 'done' })
      await pr.edit('evals/suite.yaml', 'context: {', 'context: { src/add.js: ./answer.js, NOTES: ./notes,')
    },
    open: ['setup:guided'],
  },
  {
    name: 'changes what is pinned, and has attributes and hooks that alter files',
    change: async pr => {
      await pr.write({
        'calc/src/add.js': answer,
        'calc/NOTES.md': 'done',
        '.gitattributes': '* filter=evil ident eol=crlf export-ignore\n',
        '.githooks/post-checkout': '#!/bin/sh\ntouch ran\n',
      })
      await pr.git('config', 'filter.evil.smudge', 'touch ran; sed s/-/+/')
      await pr.git('config', 'core.hooksPath', '.githooks')
    },
    open: ['task:add', 'task:note'],
  },
]

test.each(attacks)('a pull request that makes the agent worse and $name is red', async attack => {
  const pr = await pullRequest()
  await pr.worsen()
  await attack.change(pr)
  expect(await pr.gate()).toMatchObject({ exitCode: 1, decision: 'regressed', open: attack.open })
  expect(await readdir(pr.env['AGENT_EVAL_WORK'] ?? '')).toEqual([])
  expect(await readdir(pr.path)).not.toContain('ran')
})

test('a setup that is removed runs as it was, and needs approval', async () => {
  const pr = await pullRequest()
  await pr.worsen()
  await pr.edit('evals/suite.yaml', '  guided:', '  other:')
  expect(await pr.gate()).toMatchObject({
    exitCode: 3,
    decision: 'needs-approval',
    open: ['setup:guided'],
    added: ['setup:other'],
  })
})

test('easy tasks that are added do not dilute: they are shown, and not run', async () => {
  const pr = await pullRequest()
  await pr.worsen()
  const easy = Array.from(
    { length: 30 },
    (_, i) => `  - { id: easy${i}, prompt: x, graders: [{ type: files, absent: [x] }] }`,
  )
  await pr.edit('evals/suite.yaml', 'gate:', `${easy.join('\n')}\ngate:`)
  const { exitCode, added, open } = await pr.gate()
  expect(exitCode).toBe(1)
  expect(added).toHaveLength(30)
  expect(open).toEqual([])
})

test('an emptied or broken suite is wrong input, told by file and line, before anything runs', async () => {
  const pr = await pullRequest()
  await pr.edit(
    'evals/suite.yaml',
    suite.slice(suite.indexOf('tasks:'), suite.indexOf('gate:')),
    'tasks: []\n',
  )
  const { exitCode, stderr } = await pr.gate()
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/^error: evals\/suite\.yaml:10:8: /)
  await expect(readdir(join(pr.path, '.agent-eval'))).rejects.toThrow('ENOENT')
  await rm(join(pr.path, 'evals/suite.yaml'))
  expect(await pr.gate()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no such file') })
})

test('results, cache and workspaces that a pull request can bring or redirect are refused', async () => {
  const forged = await pullRequest()
  await forged.write({ '.agent-eval/runs/20990101-000000-calc-ffff/run.json': '{}' })
  expect(await forged.gate()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('.agent-eval/runs/20990101-000000-calc-ffff/run.json is committed'),
  })
  const linked = await pullRequest()
  await mkdir(join(linked.path, 'else'))
  await symlink('else', join(linked.path, '.agent-eval'))
  expect(await linked.gate()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('results') })

  const cached = await pullRequest()
  cached.env['AGENT_EVAL_CACHE'] = join(cached.path, '.cache')
  await cached.write({ '.cache/checkouts/x/record.json': '{}' })
  expect(await cached.gate()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('the cache') })
})

test('a tag that is named like the base is not taken for it', async () => {
  const pr = await pullRequest()
  await pr.worsen()
  await pr.git('commit', '-qam', 'worse')
  await pr.git('tag', 'main')
  expect(await pr.gate()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('several things') })
  expect(await pr.gate('--base', 'refs/heads/main')).toMatchObject({ exitCode: 1 })
})

test('a repository inside of the repository does not make the rules', async () => {
  const pr = await pullRequest()
  await pr.worsen()
  await pr.edit('evals/suite.yaml', 'margin: 10', 'margin: 100')
  // As if the folder had become a submodule.
  await pr.git('-C', 'evals', 'init', '-q')
  await pr.git('-C', 'evals', 'add', '-A')
  await pr.git('-C', 'evals', 'commit', '-qm', 'rules of my own')
  await pr.git('rm', '-rq', '--cached', 'evals')
  expect(await pr.gate()).toMatchObject({ exitCode: 1, open: ['margin'] })
})

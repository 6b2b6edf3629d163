import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UserError } from '../errors.ts'
import { Suite } from '../model/suite.ts'
import { load, makeFolder, mistakesIn, suiteWith, task } from './testing/suites.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const text = (data: string) => ({ encoding: 'utf8', data, executable: false })

test('a suite with only what it must have gets the defaults', async () => {
  const folder = makeFolder({ 'suite.yaml': suiteWith({}) })
  const suite = await load(folder)
  expect(Suite.parse(suite)).toEqual(suite)
  expect(suite).toMatchObject({
    name: 's',
    description: null,
    file: join(folder, 'suite.yaml'),
    tags: [],
    trials: 3,
    vary: null,
    gate: { baseline: null, margin: 10, strict: false },
    isolation: null,
    budget: null,
    sources: { repo: { name: 'repo', history: 'ancestors', prepare: [], prepareTimeoutMs: 600_000 } },
    setups: {
      bare: {
        harness: { type: 'plain', config: {}, files: {} },
        model: null,
        effort: null,
        prompt: null,
        context: {},
        strip: [],
        skills: {},
        mcp: {},
        env: { pass: [], set: {} },
      },
    },
  })
  expect(suite.tasks).toMatchObject([
    {
      id: 'one',
      source: 'repo',
      prompt: 'Do it.',
      tags: [],
      limits: { timeoutMs: 900_000, maxCostUsd: null, maxTurns: null },
      graders: [
        {
          type: 'tests',
          name: 'tests',
          weight: 1,
          required: true,
          config: { run: ['x'], files: {} },
          files: {},
        },
      ],
      reference: null,
      fix: null,
    },
  ])
})

test('everything that can be written is read, with the files that are named', async () => {
  const folder = makeFolder({
    'suite.yaml': `
suite: full
description: all of it
tags: [ci, "two words"]
trials: 5
limits: { timeout: 1h, maxCostUsd: 2.5, maxTurns: 50 }
sources:
  remote:
    git: https://github.com/iamkun/dayjs.git
    commit: ${sha}
    history: none
    prepare: [npm ci, [node, build.js]]
    prepareTimeout: 90s
  local: { git: ./repo, commit: "1234567890123456789012345678901234567890" }
  tiny: { folder: ./repo }
setups:
  full:
    harness: { type: agent, run: [node, ./agent.js] }
    model: m1
    effort: high
    prompt: { file: ./prompts/template.md }
    context: { AGENTS.md: ./context/AGENTS.md, ./docs/x.md: ./context/x.bin }
    strip: [CLAUDE.md, docs/**]
    skills: [./skills/dates/]
    mcp: { search: { command: [node, server.js], env: { A: b } }, web: { url: "http://127.0.0.1:1/mcp" } }
    env: [API_KEY, "LANG=C.UTF-8", "EMPTY=", "EQ=a=b"]
tasks:
  - id: utc-offset
    source: remote
    prompt: { file: ./prompts/a.md }
    tags: [parser]
    limits: { timeout: 500ms }
    reference: ./reference/a.patch
    graders:
      - { type: tests, run: [x], files: { test/a.js: ./hidden/a.js }, failToPass: [works] }
      - { type: tests, run: [y], name: more, weight: 0.5, required: false }
      - { type: judge, rubricFile: ./hidden/a.js }
  - id: fixed
    source: tiny
    prompt: Fix it.
    fix: { commit: ${sha}, hidden: ["test/**"] }
    graders: [{ type: judge, rubric: good }]
gate: { baseline: ./new/folder/b.json, margin: 0.5, strict: true }
isolation: process
`,
    'agent.js': 'run()',
    'prompts/template.md': 'Please: {{prompt}}',
    'prompts/a.md': 'Parse it.\n',
    'context/AGENTS.md': 'be good',
    'context/x.bin': new Uint8Array([0xff, 0x00]),
    'skills/dates/SKILL.md': '# dates',
    'skills/dates/.git/config': 'not read',
    'skills/dates/lib/a.py': 'print()',
    'reference/a.patch': 'diff --git',
    'hidden/a.js': 'test()',
  })
  symlinkSync('../SKILL.md', join(folder, 'skills/dates/lib/link.md'))
  const suite = await load(folder)
  expect(Suite.parse(suite)).toEqual(suite)
  expect(suite).toMatchObject({
    tags: ['ci', 'two words'],
    trials: 5,
    sources: {
      remote: {
        git: 'https://github.com/iamkun/dayjs.git',
        commit: sha,
        history: 'none',
        prepare: ['npm ci', ['node', 'build.js']],
        prepareTimeoutMs: 90_000,
      },
      local: { git: join(folder, 'repo'), commit: '1234567890123456789012345678901234567890' },
      tiny: {
        git: expect.stringContaining(join(folder, '.cache')),
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      },
    },
    gate: { baseline: join(folder, 'new/folder/b.json'), margin: 0.5, strict: true },
  })
  expect(suite.setups.full).toMatchObject({
    harness: {
      type: 'agent',
      config: { run: ['node', './agent.js'] },
      files: { './agent.js': text('run()') },
    },
    prompt: 'Please: {{prompt}}',
    context: {
      'AGENTS.md': text('be good'),
      'docs/x.md': { encoding: 'base64', data: '/wA=', executable: false },
    },
    mcp: {
      search: { command: ['node', 'server.js'], env: { A: 'b' } },
      web: { url: 'http://127.0.0.1:1/mcp' },
    },
    env: { pass: ['API_KEY'], set: { LANG: 'C.UTF-8', EMPTY: '', EQ: 'a=b' } },
  })
  expect(suite.setups.full?.skills).toEqual({
    dates: { 'SKILL.md': text('# dates'), 'lib/a.py': text('print()'), 'lib/link.md': text('# dates') },
  })
  const [first, second] = suite.tasks
  expect(first).toMatchObject({
    prompt: 'Parse it.\n',
    limits: { timeoutMs: 500, maxCostUsd: 2.5, maxTurns: 50 },
    reference: 'diff --git',
    graders: [
      { name: 'tests', files: { './hidden/a.js': text('test()') } },
      { name: 'more', weight: 0.5, required: false },
      { name: 'judge', files: { './hidden/a.js': text('test()') } },
    ],
  })
  expect(second).toMatchObject({
    limits: { timeoutMs: 3_600_000 },
    fix: { commit: sha, hidden: ['test/**'] },
  })
})

test('a setup takes over the keys of those it extends, its own replace them whole, and null takes a key away', async () => {
  const suite = await load(
    makeFolder({
      'suite.yaml': suiteWith({
        setups: `setups:
  base: { harness: { type: agent, run: [x] }, model: m, effort: low, env: [A, B], strip: [a] }
  child: { extends: base, env: [C], effort: null }
  file: ./setups/file.yaml
  grandchild: { extends: ./setups/other.yaml, model: n }`,
      }),
      'setups/file.yaml': 'extends: base\ncontext: { x.md: ../context/x.md }\nprompt: { file: ./p.md }\n',
      'setups/other.yaml': 'extends: ./file.yaml\nstrip: []\n',
      'setups/p.md': 'P {{prompt}}',
      'context/x.md': 'x',
    }),
  )
  const { child, file, grandchild } = suite.setups
  expect(child).toMatchObject({ model: 'm', effort: null, strip: ['a'], env: { pass: ['C'] } })
  expect(file).toMatchObject({
    model: 'm',
    effort: 'low',
    prompt: 'P {{prompt}}',
    context: { 'x.md': text('x') },
  })
  expect(grandchild).toMatchObject({
    model: 'n',
    strip: [],
    env: { pass: ['A', 'B'] },
    context: { 'x.md': text('x') },
  })
})

test('setups may differ in what the suite wants to vary, also by the contents of files', async () => {
  const files = {
    'suite.yaml': suiteWith({
      setups:
        'setups:\n  a: { harness: plain, context: { x.md: ./a.md } }\n  b: { harness: plain, context: { x.md: ./b.md } }',
      tail: 'vary: [context, skills]',
    }),
    'a.md': 'a',
    'b.md': 'b',
  }
  expect(await mistakesIn(makeFolder(files))).toEqual([])
  const withoutSkills = {
    ...files,
    'suite.yaml': files['suite.yaml'].replace('[context, skills]', '[skills]'),
  }
  expect(await mistakesIn(makeFolder(withoutSkills))).toEqual([
    expect.stringContaining('differs from "a" in "context"'),
  ])
  expect(await mistakesIn(makeFolder({ ...withoutSkills, 'b.md': 'a' }))).toEqual([])
})

test('nothing is written as long as there is a mistake', async () => {
  const folder = makeFolder({ 'suite.yaml': suiteWith({ tasks: task('limits: { maxTurns: 0 }') }) })
  expect(await mistakesIn(folder)).toHaveLength(1)
  expect(existsSync(join(folder, '.cache'))).toBe(false)
})

test('a suite that is not there, or a folder, is told without a stack', async () => {
  const folder = makeFolder({})
  await expect(load(folder)).rejects.toThrow(UserError)
  await expect(load(folder)).rejects.toThrow(/cannot read the suite .*suite\.yaml: there is no such file/)
  expect(await mistakesIn(makeFolder({ 'suite.yaml/x': '' }))).toEqual([
    expect.stringContaining('suite.yaml:1:1: '),
  ])
})

test('a suite that is a link is read, and its folder is where the link stands', async () => {
  const folder = makeFolder({
    'real/real.yaml': suiteWith({ tasks: task('reference: ./a.patch') }),
    'a.patch': 'diff',
  })
  symlinkSync('real/real.yaml', join(folder, 'suite.yaml'))
  expect((await load(folder)).tasks[0]?.reference).toBe('diff')
})

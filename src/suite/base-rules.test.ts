import { expect, test } from 'vitest'
import type { Baseline } from '../model/baseline.ts'
import type { Suite } from '../model/suite.ts'
import { aGradedTrial } from '../testing/builders.ts'
import { combineSuites } from './combine.ts'
import { fingerprintChecks } from './check-fingerprints.ts'
import { ruleChanges } from './rule-changes.ts'
import { load, makeFolder } from './testing/suites.ts'

const pin = '0123456789abcdef0123456789abcdef01234567'
const text = `
suite: s
trials: 3
isolation: process
sources:
  web: { git: "https://example.org/r.git", commit: ${pin} }
  other: { git: "https://example.org/o.git", commit: ${pin} }
setups:
  a:
    harness: { type: agent, run: [./agent.sh] }
    model: m
    context: { AGENTS.md: ./agents.md, tool.json: ./tool.json }
    strip: [lib/**]
    skills: [./skills/x]
    env: [KEY]
tasks:
  - { id: one, source: web, prompt: Do it., graders: [{ type: tests, run: [x], files: { a.js: ./a.js } }] }
  - { id: two, source: other, prompt: Do more., graders: [{ type: judge, rubric: good }] }
gate: { baseline: ./b.json }
`
const files = {
  'agent.sh': 'run',
  'agents.md': 'be good',
  'tool.json': '{}',
  'skills/x/SKILL.md': '#',
  'skills/x/run.test.js': '1',
  'a.js': 'test()',
}

/** Both sides stand in one place. */
async function suiteOf(
  change: (text: string) => string = same,
  changed: Record<string, string> = {},
): Promise<Suite> {
  const suite = await load(makeFolder({ ...files, ...changed, 'suite.yaml': change(text) }))
  return { ...suite, file: '/r/suite.yaml', gate: { ...suite.gate, baseline: '/r/b.json' } }
}

const same = (whole: string): string => whole
const base = suiteOf()
const approveNone = (): boolean => false
const approveAll = (): boolean => true

async function changesOf(
  change: (text: string) => string,
  changed: Record<string, string> = {},
): Promise<Record<string, string[]>> {
  const head = { suite: await suiteOf(change, changed), baseline: null }
  const found = ruleChanges({ suite: await base, baseline: null }, head)
  return Object.fromEntries(found.map(({ item, change: kind, details }) => [`${kind} ${item}`, details]))
}

test('what an agent is told is under test, and so are its model and its program', async () => {
  const change = (whole: string): string =>
    whole
      .replace('model: m', 'model: n\n    effort: high\n    prompt: "{{prompt}} Please."')
      .replace('strip: [lib/**]', 'strip: [CLAUDE.md]')
      .replace('AGENTS.md:', 'docs/more.md: ./agents.md, AGENTS.md:')
  const changed = {
    'agents.md': 'be better',
    'skills/x/SKILL.md': '##',
    'agent.sh': 'run fast',
  }
  expect(await changesOf(change, changed)).toEqual({})
  const head = await suiteOf(change, changed)
  const combined = combineSuites(await base, head, approveNone)
  expect(combined.setups).toEqual(head.setups)
  expect(combined.fingerprint).toBe(head.fingerprint)
})

test.each<[string, (whole: string) => string, Record<string, string[]>]>([
  ['a prompt', t => t.replace('Do it.', 'Do!'), { 'changed task:one': ['prompt: "Do it." -> "Do!"'] }],
  [
    'a limit of all tasks',
    t => t.replace('trials: 3', 'trials: 3\nlimits: { maxTurns: 9 }'),
    {
      'changed task:one': ['limits.maxTurns: not set -> 9'],
      'changed task:two': ['limits.maxTurns: not set -> 9'],
    },
  ],
  [
    'a grader',
    t => t.replace('rubric: good', 'rubric: any, required: true, weight: 2'),
    {
      'changed task:two': ['graders.judge.rubric: "good" -> "any"', 'graders.judge.weight: 1 -> 2'],
    },
  ],
  [
    'a pin',
    t => t.replace(`r.git", commit: ${pin}`, `r.git", commit: ${pin.replace('0', '1')}`),
    {
      'changed task:one': [`source.commit: "${pin}" -> "${pin.replace('0', '1')}"`],
    },
  ],
  [
    'a name',
    t => t.replace('id: one', 'id: uno'),
    {
      'removed task:one': ['it is now called uno'],
      'added task:uno': [],
    },
  ],
  ['the number of trials', t => t.replace('trials: 3', 'trials: 1'), { 'changed trials': ['3 -> 1'] }],
  [
    'the isolation',
    t => t.replace('isolation: process\n', ''),
    { 'changed isolation': ['"process" -> not set'] },
  ],
  [
    'the thresholds',
    t => t.replace('./b.json', './b.json, margin: 50, strict: true'),
    {
      'changed margin': ['10 -> 50'],
      'changed strict': ['false -> true'],
    },
  ],
  [
    'the harness',
    t => t.replace('[./agent.sh]', '[./agent.sh, --easy]'),
    {
      'changed setup:a': ['harness.run: ["./agent.sh"] -> ["./agent.sh","--easy"]'],
    },
  ],
  [
    'the environment',
    t => t.replace('[KEY]', '[KEY, SECRET, "NODE_OPTIONS=-r ./x"]'),
    {
      'changed setup:a': ['env.pass: ["KEY"] -> ["KEY","SECRET"]', 'env.set.NODE_OPTIONS: added, "-r ./x"'],
    },
  ],
  [
    'the servers',
    t => t.replace('model: m', 'model: m\n    mcp: { x: { command: [sh] } }'),
    {
      'changed setup:a': ['mcp.x: added'],
    },
  ],
  [
    'files that are no text for agents',
    t => t.replace('AGENTS.md:', 'src/add.js: ./a.js, AGENTS.md:'),
    {
      'changed setup:a': ['context[src/add.js]: added'],
    },
  ],
  [
    'files that are taken away',
    t => t.replace('[lib/**]', '[lib/**, test/**]'),
    {
      'changed setup:a': ['strip: ["lib/**"] -> ["lib/**","test/**"]'],
    },
  ],
  ['a setup', t => t.replace('  a:\n', '  b:\n'), { 'removed setup:a': [], 'added setup:b': [] }],
])('%s is a rule: told, and as in the base until it is approved', async (_name, change, expected) => {
  expect(await changesOf(change)).toEqual(expected)
  await provesItself(await suiteOf(change))
})

test('so are placed files that are no text for agents', async () => {
  const changed = {
    'tool.json': '[]',
    'skills/x/run.test.js': '2',
    'skills/x/new.sh': 'x',
    'skills/x/more.md': 'x',
  }
  expect(await changesOf(same, changed)).toEqual({
    'changed setup:a': [
      'context[tool.json]: changed',
      'skills.x[new.sh]: added',
      'skills.x[run.test.js]: changed',
    ],
  })
  const files = combineSuites(await base, await suiteOf(same, changed), approveNone).setups['a']?.skills['x']
  expect(Object.keys(files ?? {})).toEqual(['run.test.js', 'SKILL.md', 'more.md'])
  expect(files?.['run.test.js']?.data).toBe('1')
})

/** Nothing of head is taken unasked, and all of it where it is approved. */
async function provesItself(head: Suite): Promise<void> {
  const before = await base
  expect(combineSuites(before, head, approveNone)).toEqual({ ...before, file: head.file })
  const approved = combineSuites(before, head, approveAll)
  expect(approved.fingerprint).toBe(head.fingerprint)
  expect(approved).toMatchObject({ trials: head.trials, gate: head.gate, isolation: head.isolation })
}

test('an approved task brings its source, under another name where base has one of that name', async () => {
  const moved = `r.git", commit: ${pin.replace('0', '1')}`
  const head = await suiteOf(t =>
    t.replace(`r.git", commit: ${pin}`, moved).replace('source: other', 'source: web'),
  )
  const combined = combineSuites(await base, head, item => item === 'task:two')
  expect(combined.tasks.map(({ id, source }) => [id, source])).toEqual([
    ['one', 'web'],
    ['two', 'web.head'],
  ])
  expect(combined.sources['web']?.commit).toBe(pin)
  expect(combined.sources['web.head']?.commit).toBe(pin.replace('0', '1'))
  const fingerprints = {
    taskFingerprint: combined.tasks[1]?.fingerprint ?? '',
    setupFingerprint: combined.setups['a']?.fingerprint ?? '',
  }
  expect(fingerprintChecks(combined).ofTrial(aGradedTrial('two/a/0', fingerprints))).toEqual([])
})

test('a baseline that is changed or gone is told with its counts', async () => {
  const suite = await base
  const task = {
    fingerprint: 'f',
    passed: 5,
    graded: 5,
    errored: 0,
    meanScore: 1,
    costUsd: [],
    tokens: [],
    durationMs: [],
  }
  const accepted = { at: '', by: null, reason: 'r', run: 'r', runDigest: 'd', previous: null }
  const of = (passed: number): Baseline => ({
    schemaVersion: 1,
    suite: 's',
    setups: {
      a: {
        fingerprint: 'f',
        accepted,
        pooled: [],
        conditions: null,
        anchor: null,
        tasks: { one: { ...task, passed } },
      },
    },
  })
  const found = (head: Baseline | null) => ruleChanges({ suite, baseline: of(5) }, { suite, baseline: head })
  expect(found(of(5))).toEqual([])
  expect(found(of(1))).toMatchObject([
    { item: 'baseline', change: 'changed', details: ['a.one: "5/5" -> "1/5"'] },
  ])
  expect(found(null)).toMatchObject([{ item: 'baseline', change: 'removed' }])
})

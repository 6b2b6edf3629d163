import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Suite } from '../model/suite.ts'
import { load, makeFolder } from './testing/suites.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const suite = `
suite: s
trials: 3
sources:
  repo: { folder: ./repo }
  web: { git: "https://example.org/r.git", commit: ${sha}, prepare: [npm ci] }
  local: { git: ./repo, commit: ${sha} }
setups:
  a:
    harness: { type: agent, run: [./agent.sh] }
    model: m
    context: { AGENTS.md: ./agents.md }
    skills: [./skills/x]
    env: [KEY, A=b]
tasks:
  - id: one
    source: repo
    prompt: Do it.
    reference: ./ref.patch
    graders: [{ type: tests, run: [x], files: { test/a.js: ./a.js } }]
  - id: two
    source: web
    prompt: Do more.
    tags: [t]
    fix: { commit: ${sha}, hidden: [test/**] }
    limits: { maxTurns: 9 }
    graders: [{ type: judge, rubric: good, weight: 2 }]
  - { id: three, source: local, prompt: x, graders: [{ type: judge, rubric: good }] }
`
const files = {
  'agent.sh': 'run',
  'agents.md': 'be good',
  'skills/x/SKILL.md': '#',
  'ref.patch': 'diff',
  'a.js': 'test()',
}

async function prints(
  change: (text: string) => string,
  changed: Record<string, string> = {},
): Promise<Record<string, string>> {
  return fingerprints(await load(makeFolder({ 'suite.yaml': change(suite), ...files, ...changed })))
}

function fingerprints({ tasks, setups, fingerprint }: Suite): Record<string, string> {
  return {
    suite: fingerprint,
    ...Object.fromEntries(tasks.map(task => [task.id, task.fingerprint])),
    ...Object.fromEntries(Object.values(setups).map(setup => [`setup ${setup.name}`, setup.fingerprint])),
  }
}

const same = (text: string): string => text
const unchanged = prints(same)

test('two folders with the same content have the same fingerprints', async () => {
  expect(await prints(same)).toEqual(await unchanged)
})

test.each<[what: string, from: string, to: string, expected: string[]]>([
  ['a prompt', 'Do it.', 'Do that.', ['one']],
  ['a limit', 'maxTurns: 9', 'maxTurns: 8', ['two']],
  ['a limit of memory', 'maxTurns: 9', 'maxTurns: 9, memory: 2GB', ['two']],
  ['what must pass', 'run: [x]', 'run: [y]', ['one']],
  ['the weight of a grader', 'weight: 2', 'weight: 3', ['two']],
  ['the globs of a fix', 'test/**', 'tests/**', ['two']],
  ['the preparation of a source', 'npm ci', 'npm i', ['two']],
  [
    'a commit',
    `{ git: ./repo, commit: ${sha} }`,
    `{ git: ./repo, commit: ${sha.replace('0', '1')} }`,
    ['three'],
  ],
  ['the history of a source', 'folder: ./repo', 'folder: ./repo, history: none', ['one']],
  ['an image', 'folder: ./repo', 'folder: ./repo, image: node:22', ['one']],
  ['the model', 'model: m', 'model: n', ['setup a']],
  ['the command of a harness', '[./agent.sh]', '[./agent.sh, -v]', ['setup a']],
  ['an environment variable', 'A=b', 'A=c', ['setup a']],
  ['what is passed from the host', '[KEY,', '[KEY2,', ['setup a']],
])('%s counts', async (_, from, to, expected) => {
  expect(suite).toContain(from)
  expect(await affected(await prints(text => text.replace(from, to)))).toEqual(expected)
})

test.each<[path: string, expected: string[]]>([
  ['a.js', ['one']],
  ['repo/readme.txt', ['one']],
  ['agent.sh', ['setup a']],
  ['agents.md', ['setup a']],
  ['skills/x/SKILL.md', ['setup a']],
  ['skills/x/new.md', ['setup a']],
])('the content of %s counts', async (path, expected) => {
  expect(await affected(await prints(same, { [path]: 'changed' }))).toEqual(expected)
})

test.each([
  ['the number of trials', 'trials: 3', 'trials: 4'],
  ['the description', 'suite: s', 'suite: s\ndescription: new'],
  ['tags', 'tags: [t]', 'tags: [u]'],
  ['where a repository lies', 'example.org', 'example.com'],
  ['comments and order', 'model: m\n', '# why\n    effort: null\n    model: m\n'],
  ['a gate', 'trials: 3', 'trials: 3\ngate: { margin: 5 }'],
  ['the way to a local repository', 'git: ./repo', 'git: ././repo/'],
  ['a default that is written out', 'prompt: Do it.', 'prompt: Do it.\n    limits: { timeout: 15m }'],
])('%s does not count', async (_, from, to) => {
  expect(suite).toContain(from)
  expect(await affected(await prints(text => text.replace(from, to)))).toEqual([])
})

test('the reference does not count', async () => {
  expect(await affected(await prints(same, { 'ref.patch': 'other' }))).toEqual([])
})

test('the name of a setup counts for the suite, not for the setup', async () => {
  const renamed = await prints(text => text.replace('  a:\n', '  b:\n'))
  const before = await unchanged
  expect(renamed['setup b']).toBe(before['setup a'])
  expect(renamed.suite).not.toBe(before.suite)
})

test('a file that becomes executable counts', async () => {
  const folder = makeFolder({ 'suite.yaml': suite, ...files })
  execFileSync('chmod', ['+x', `${folder}/agent.sh`])
  expect(await affected(fingerprints(await load(folder)))).toEqual(['setup a'])
})

/** Whose fingerprints differ from those of the unchanged suite, but for the suite itself, which must go with them. */
async function affected(found: Record<string, string>): Promise<string[]> {
  const before = await unchanged
  const changed = Object.keys(before).filter(key => before[key] !== found[key])
  expect(changed.includes('suite')).toBe(changed.length > 0)
  return changed.filter(key => key !== 'suite')
}

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InvalidInput } from '../errors.ts'
import { graders } from '../graders/index.ts'
import { harnesses } from '../harnesses/index.ts'
import type { Suite } from '../model/suite.ts'
import { loadSuite } from './load.ts'

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'agent-eval-load-'))
  const files: Record<string, string> = {
    'outside.txt': 'secret\n',
    'suite/repo/a.txt': 'a\n',
    'suite/agent.yaml': 'tasks: {}\n',
    'suite/context/AGENTS.md': 'Be brief.\n',
    'suite/skills/dates/SKILL.md': '---\nname: dates\n---\nDates.\n',
    'suite/skills/empty/README.md': 'no skill\n',
    'suite/hidden/a.test.js': 'test\n',
    'suite/reference/a.patch': 'diff\n',
    'suite/prompts/template.md': 'First read. {{prompt}}\n',
    'suite/prompts/plain.md': 'Do it.\n',
    'suite/setups/shared.yaml': 'harness: { type: scripted, script: ./shared-agent.yaml }\n',
    'suite/setups/shared-agent.yaml': 'tasks: {}\n',
    'suite/setups/loop.yaml': 'extends: ./loop.yaml\n',
    'suite/setups/broken.yaml': 'harness: pi\nmodle: x\n',
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
  await symlink('../outside.txt', join(root, 'suite/leak.md'))
  await mkdir(join(root, 'suite/skills/linked'))
  await symlink('../../../outside.txt', join(root, 'suite/skills/linked/SKILL.md'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

const sha = '0123456789abcdef0123456789abcdef01234567'
const good = `suite: dates
trials: 2
limits: { timeout: 5m, maxCostUsd: 1 }
sources:
  repo: { folder: ./repo }
setups:
  bare: { harness: { type: scripted, script: ./agent.yaml } }
  guided: { extends: bare, context: { AGENTS.md: ./context/AGENTS.md }, skills: [./skills/dates] }
vary: [context, skills]
tasks:
  - id: one
    prompt: Do it.
    graders:
      - { type: files, exists: [b.txt] }
gate: { baseline: ./baselines/dates.json }
`

async function load(text: string | Buffer): Promise<Suite> {
  await writeFile(join(root, 'suite/suite.yaml'), text)
  return loadSuite(join(root, 'suite/suite.yaml'), { harnesses, graders, cacheRoot: join(root, 'cache') })
}

/** The mistakes as `line:column message`. */
async function mistakes(text: string | Buffer): Promise<string[]> {
  try {
    await load(text)
  } catch (error) {
    if (error instanceof InvalidInput) return error.mistakes.map(m => `${m.line}:${m.column} ${m.message}`)
    throw error
  }
  return []
}

const change = (from: string | RegExp, to: string): string => {
  const changed = good.replace(from, to)
  if (changed === good) throw new Error(`nothing changed by ${String(from)}`)
  return changed
}

describe('a good suite', () => {
  test('comes with the contents of all files it names, its defaults and its hashes', async () => {
    const suite = await load(good)
    expect(suite).toMatchObject({
      name: 'dates',
      trials: 2,
      vary: ['context', 'skills'],
      gate: { baseline: join(root, 'suite/baselines/dates.json'), margin: 10, strict: false },
    })
    expect(suite.setups['guided']).toMatchObject({
      harness: { type: 'scripted', files: { './agent.yaml': { data: 'tasks: {}\n' } } },
      context: { 'AGENTS.md': { data: 'Be brief.\n' } },
      skills: { dates: { 'SKILL.md': { encoding: 'utf8' } } },
      model: null,
    })
    expect(suite.tasks[0]).toMatchObject({
      id: 'one',
      source: 'repo',
      limits: { timeoutMs: 300_000, maxCostUsd: 1, maxTurns: null },
      graders: [{ type: 'files', name: 'files', weight: 1, required: true }],
    })
    expect(suite.sources['repo']?.commit).toMatch(/^[0-9a-f]{40}$/)
    expect(suite.sources['repo']?.prepareTimeoutMs).toBe(600_000)
  })

  test('a setup of its own file, with paths relative to it', async () => {
    const suite = await load(
      change('bare: { harness: { type: scripted, script: ./agent.yaml } }', 'bare: ./setups/shared.yaml'),
    )
    expect(suite.setups['guided']?.harness.files).toHaveProperty('./shared-agent.yaml')
  })

  test('its own keys replace those of the setup it extends, and null takes one away', async () => {
    const text = change(/vary.*\n/, '').replace(
      'tasks:\n',
      '  plain: { extends: guided, context: null, strip: ["*.md"], env: [A_KEY, "B=c=d"] }\ntasks:\n',
    )
    expect((await load(text)).setups['plain']).toMatchObject({
      context: {},
      skills: { dates: {} },
      strip: ['*.md'],
      env: { pass: ['A_KEY'], set: { B: 'c=d' } },
    })
  })

  test('fingerprints change with what they stand for, and with nothing else', async () => {
    const before = await load(good)
    const renamed = await load(good.replaceAll('guided', 'advised'))
    expect(renamed.setups['advised']?.fingerprint).toBe(before.setups['guided']?.fingerprint)
    const other = await load(change('Do it.', 'Do it well.'))
    expect(other.tasks[0]?.fingerprint).not.toBe(before.tasks[0]?.fingerprint)
    expect(other.setups['bare']?.fingerprint).toBe(before.setups['bare']?.fingerprint)
    await writeFile(join(root, 'suite/context/AGENTS.md'), 'Be verbose.\n')
    const advised = await load(good)
    await writeFile(join(root, 'suite/context/AGENTS.md'), 'Be brief.\n')
    expect(advised.setups['guided']?.fingerprint).not.toBe(before.setups['guided']?.fingerprint)
    expect((await load(good)).fingerprint).toBe(before.fingerprint)
    expect(JSON.stringify(before.tasks) + before.fingerprint).not.toContain(root)
  })
})

const gitSource = (git: string, rest = `commit: ${sha}`): string =>
  change('{ folder: ./repo }', `{ git: ${git}, ${rest} }`)

const hostile: [what: string, text: () => string, expected: RegExp][] = [
  [
    'an unknown key at the top',
    () => change('trials: 2', 'trial: 2'),
    /^2:1 unknown key "trial" \(did you mean "trials"\?\)$/,
  ],
  [
    'an unknown key far from any',
    () => change('trials: 2', 'zzzzzz: 2'),
    /^2:1 unknown key "zzzzzz", known: suite, /,
  ],
  [
    'an unknown key of a task',
    () => change('    prompt: Do it.', '    promt: x\n    prompt: Do it.'),
    /^12:5 unknown key "promt" \(did you mean "prompt"\?\)/,
  ],
  [
    'an unknown key of a setup',
    () => change('extends: bare', 'extnds: bare'),
    /^8:13 unknown key "extnds" \(did you mean "extends"\?\)/,
  ],
  [
    'an unknown key of a source',
    () => change('{ folder: ./repo }', '{ folder: ./repo, prepair: [x] }'),
    /^5:27 unknown key "prepair" \(did you mean "prepare"/,
  ],
  [
    'an unknown key of a grader',
    () => change('exists: [b.txt]', 'exist: [b.txt]'),
    /^14:24 unknown key "exist" \(did you mean "exists"/,
  ],
  [
    'an unknown key of a harness',
    () => change('script: ./agent.yaml', 'scrip: ./agent.yaml'),
    /^7:38 unknown key "scrip" \(did you mean "script"/,
  ],
  [
    'an unknown key of the gate',
    () => change('gate: {', 'gate: { margn: 3,'),
    /^15:9 unknown key "margn" \(did you mean "margin"/,
  ],
  [
    'an unknown grader',
    () => change('type: files', 'type: filez'),
    /^14:17 unknown grader "filez" \(did you mean "files"/,
  ],
  ['an unknown harness', () => change('type: scripted', 'type: script'), /^7:28 unknown harness "script"/],
  [
    'a harness by its name only',
    () => change('{ harness: { type: scripted, script: ./agent.yaml } }', '{ harness: pie }'),
    /^7:20 unknown harness "pie" \(did you mean "pi"/,
  ],
  [
    'a wrong type',
    () => change('trials: 2', 'trials: two'),
    /^2:9 trials: expected a whole number|^2:9 trials: expected a number, got "two"/,
  ],
  ['no trials', () => change('trials: 2', 'trials: 0'), /^2:9 trials: expected a number above 0, got 0/],
  ['half a trial', () => change('trials: 2', 'trials: 2.5'), /^2:9 trials: expected a whole number, got 2.5/],
  [
    'not a number',
    () => change('trials: 2', 'trials: .nan'),
    /^2:9 trials: expected a (whole )?number, got NaN/,
  ],
  [
    'a list for a mapping',
    () => change('limits: { timeout: 5m, maxCostUsd: 1 }', 'limits: [5m]'),
    /^3:9 limits: expected a mapping/,
  ],
  [
    'a duration without unit',
    () => change('timeout: 5m', 'timeout: 5'),
    /^3:20 timeout: .*write 5s for seconds or 5m/,
  ],
  [
    'a negative cost',
    () => change('maxCostUsd: 1', 'maxCostUsd: -1'),
    /^3:36 maxCostUsd: expected a number above 0, got -1/,
  ],
  ['a missing prompt', () => change('    prompt: Do it.\n', ''), /^11:5 "prompt" is missing/],
  ['an empty prompt', () => change('prompt: Do it.', 'prompt: ""'), /^12:13 .*expected a text, got an empty/],
  ['a missing suite name', () => change('suite: dates\n', ''), /^1:1 "suite" is missing/],
  ['an id with upper case', () => change('id: one', 'id: One'), /^11:9 id: expected a name/],
  ['an id with a slash', () => change('id: one', 'id: a/b'), /^11:9 id: expected a name/],
  ['an id with two dots', () => change('id: one', 'id: a..b'), /^11:9 id: expected a name without/],
  ['an id that is a number', () => change('id: one', 'id: 1'), /^11:9 id: expected a text, got 1/],
  [
    'a setup named __proto__',
    () => change('  bare:', '  __proto__: { harness: pi }\n  bare:'),
    /^7:3 unknown key "__proto__"/,
  ],
  [
    'a source named constructor is just a name',
    () => change('repo: {', 'constructor: {').replace('trials: 2', 'trials: 0'),
    /^2:9/,
  ],
  [
    'two tasks of one id',
    () => change('gate:', '  - { id: one, prompt: b, graders: [{ type: files, exists: [b] }] }\ngate:'),
    /^15:11 duplicate task id "one": it stands in line 11/,
  ],
  ['a key twice', () => change('trials: 2', 'trials: 2\ntrials: 3'), /^3:1 duplicate key "trials"/],
  [
    'a setup twice',
    () => change('  guided:', '  bare: { harness: pi }\n  guided:'),
    /^8:3 duplicate key "bare"/,
  ],
  [
    'setups that differ in case',
    () => change('  guided:', '  Bare: { harness: pi }\n  guided:'),
    /^8:3 "Bare"/,
  ],
  [
    'an unknown source',
    () => change('prompt: Do it.', 'prompt: Do it.\n    source: rebo'),
    /^13:13 unknown source "rebo" \(did you mean "repo"/,
  ],
  [
    'several sources and none named',
    () => change('setups:', '  other: { folder: ./repo }\nsetups:'),
    /^12:5 "source" is missing: .*repo, other/,
  ],
  [
    'an unknown setup in extends',
    () => change('extends: bare', 'extends: bear'),
    /^8:22 unknown setup "bear" \(did you mean "bare"/,
  ],
  [
    'extends in a circle',
    () => change('bare: { harness', 'bare: { extends: guided, harness'),
    /extend each other in a circle: (bare → guided → bare|guided → bare → guided)/,
  ],
  [
    'extends itself',
    () => change('bare: { harness', 'bare: { extends: bare, harness'),
    /circle: bare → bare/,
  ],
  [
    'a setup file that extends itself',
    () => change('  guided:', '  looped: ./setups/loop.yaml\n  guided:'),
    /^1:10 setups extend each other in a circle: loop.yaml → loop.yaml/,
  ],
  [
    'a mistake in a setup file',
    () => change('  guided:', '  broken: ./setups/broken.yaml\n  guided:'),
    /^2:1 unknown key "modle" \(did you mean "model"/,
  ],
  [
    'a setup without a harness',
    () => change('  guided:', '  lazy: { model: x }\n  guided:'),
    /^8:9 "harness" is missing: setup lazy/,
  ],
  [
    'a difference that vary does not name',
    () => change('vary: [context, skills]', 'vary: [context]'),
    /^8:81 setup guided differs from bare in "skills", which "vary" does not name/,
  ],
  [
    'vary with an unknown name',
    () => change('vary: [context, skills]', 'vary: [contxt]'),
    /^9:8 .*expected one of .*did you mean "context"/,
  ],
  [
    'MCP servers for a harness that takes none',
    () => change('  guided:', '  real: { harness: pi, mcp: { a: { command: [x] } } }\n  guided:'),
    /^8:24 mcp: harness pi cannot take it/,
  ],
  [
    'a missing file',
    () => change('./context/AGENTS.md', './context/AGENT.md'),
    /^8:50 "\.\/context\/AGENT\.md" does not exist/,
  ],
  [
    'a folder for a file',
    () => change('./context/AGENTS.md', './context'),
    /^8:50 "\.\/context" is a folder: expected a file/,
  ],
  [
    'a file outside',
    () => change('./context/AGENTS.md', '../outside.txt'),
    /^8:50 "\.\.\/outside\.txt" leaves the suite's folder/,
  ],
  [
    'a file outside by a detour',
    () => change('./context/AGENTS.md', './context/../../outside.txt'),
    /leaves the suite's folder/,
  ],
  [
    'an absolute file',
    () => change('./context/AGENTS.md', '/etc/passwd'),
    /expected a path relative to suite.yaml/,
  ],
  [
    'a link outside',
    () => change('./context/AGENTS.md', './leak.md'),
    /^8:50 "\.\/leak\.md" is a link that leaves/,
  ],
  [
    'a skill with a link in it',
    () => change('./skills/dates', './skills/linked'),
    /^8:82 "\.\/skills\/linked" holds links/,
  ],
  [
    'a skill without SKILL.md',
    () => change('./skills/dates', './skills/empty'),
    /^8:82 "\.\/skills\/empty" has no SKILL\.md/,
  ],
  [
    'a skill that is a file',
    () => change('./skills/dates', './skills/dates/SKILL.md'),
    /is a file: expected a folder/,
  ],
  [
    'a context target outside',
    () => change('AGENTS.md: ./', '../AGENTS.md: ./'),
    /"\.\.\/AGENTS\.md": expected a path inside/,
  ],
  [
    'an absolute context target',
    () => change('AGENTS.md: ./', '/AGENTS.md: ./'),
    /"\/AGENTS\.md": expected a path relative/,
  ],
  [
    'a context target in .git',
    () => change('AGENTS.md: ./', '.GIT/hooks/x: ./'),
    /outside of git's own folder/,
  ],
  [
    'a missing script of the harness',
    () => change('script: ./agent.yaml', 'script: ./agnt.yaml'),
    /^7:46 "\.\/agnt\.yaml" does not exist/,
  ],
  [
    'a reference outside',
    () => change('prompt: Do it.', 'prompt: Do it.\n    reference: ../outside.txt'),
    /^13:16 .*leaves the suite's folder/,
  ],
  [
    'reference and fix',
    () =>
      change(
        'prompt: Do it.',
        `prompt: Do it.\n    reference: ./reference/a.patch\n    fix: { commit: ${sha}, hidden: [t] }`,
      ),
    /^13:5 a task has either/,
  ],
  [
    'a baseline outside',
    () => change('./baselines/dates.json', '../dates.json'),
    /^15:19 .*leaves the suite's folder/,
  ],
  [
    'a prompt template without a place for the prompt',
    () => change('extends: bare,', 'extends: bare, prompt: Run the tests.,'),
    /needs \{\{prompt\}\}/,
  ],
  [
    'a template file without one',
    () => change('extends: bare,', 'extends: bare, prompt: { file: ./prompts/plain.md },'),
    /needs \{\{prompt\}\}/,
  ],
  [
    'no tasks',
    () => change(/tasks:\n(.*\n)+gate/, 'tasks: []\ngate'),
    /^10:8 tasks: expected at least one task/,
  ],
  [
    'no graders',
    () => change(/graders:\n.*\n/, 'graders: []\n'),
    /^13:14 graders: expected at least one grader/,
  ],
  [
    'no setups',
    () => change(/setups:\n(  .*\n)+/, 'setups: {}\n').replace(/vary.*\n/, ''),
    /setups: expected at least one/,
  ],
  [
    'no required grader',
    () => change('exists: [b.txt]', 'exists: [b.txt], required: false'),
    /^14:7 no grader is required/,
  ],
  [
    'weight zero',
    () => change('exists: [b.txt]', 'exists: [b.txt], weight: 0'),
    /weight: expected a number above 0/,
  ],
  [
    'two graders of one type',
    () => change('exists: [b.txt] }', 'exists: [b.txt] }\n      - { type: files, exists: [c] }'),
    /^15:9 there are two graders of the name "files"/,
  ],
  [
    'a short commit',
    () => gitSource('https://example.test/a.git', 'commit: 0123abc'),
    /^5:52 commit: expected a full commit id of 40 characters, got 7/,
  ],
  [
    'a branch for a commit',
    () => gitSource('https://example.test/a.git', 'commit: main'),
    /commit: .*not a branch/,
  ],
  [
    'a commit that YAML takes for a number',
    () => gitSource('https://example.test/a.git', `commit: ${'1'.repeat(40)}`),
    /put it in quotes/,
  ],
  [
    'an option for a commit',
    () => gitSource('https://example.test/a.git', 'commit: --upload-pack=x'),
    /expected a full commit id/,
  ],
  ['no commit', () => gitSource('https://example.test/a.git', 'history: none'), /^5:9 "commit" is missing: /],
  [
    'an option for a URL',
    () => gitSource('--upload-pack=touch'),
    /^5:16 "--upload-pack=touch" is an option of git/,
  ],
  ['a helper program for a URL', () => gitSource('"ext::sh -c touch% /tmp/x"'), /names a helper program/],
  ['a helper in capitals', () => gitSource('"EXT::sh -c x"'), /names a helper program/],
  ['a file descriptor for a URL', () => gitSource('"fd::17"'), /names a helper program/],
  ['an option for a host', () => gitSource('"ssh://-oProxyCommand=x/a"'), /no address of a git repository/],
  [
    'an option for a host after a user',
    () => gitSource('"ssh://git@-oProxyCommand=x/a"'),
    /no address of a git repository/,
  ],
  ['a URL without encryption', () => gitSource('http://example.test/a.git'), /not encrypted/],
  ['a URL with a password', () => gitSource('https://me:hunter22@example.test/a.git'), /holds a password/],
  [
    'a URL with a newline',
    () => gitSource('"https://example.test/a\\n--upload-pack=x"'),
    /control characters/,
  ],
  [
    'git and folder',
    () => change('folder: ./repo', `folder: ./repo, git: ., commit: ${sha}`),
    /either "git" and "commit", or "folder"/,
  ],
  ['a folder that is not there', () => change('./repo', './nowhere'), /^5:19 .*nowhere/],
  ['a list at the top', () => '- a\n- b\n', /^1:1 expected a mapping/],
  ['a text at the top', () => 'hello\n', /^1:1 expected a mapping/],
  ['an empty file', () => '', /^1:1 the file is empty/],
  ['only a comment', () => '# nothing\n', /^1:1 the file is empty/],
  ['two documents', () => `${good}---\nsuite: other\n`, /a second document begins here/],
  ['broken YAML', () => change('trials: 2', 'trials: [2'), /^\d+:\d+ /],
  ['a tab as indentation', () => change('  repo:', '\trepo:'), /^5:1 .*[Tt]ab/],
  ['a custom tag', () => change('trials: 2', 'trials: !!js/function "x"'), /^2:9 .*tag/i],
  ['an unknown alias', () => change('trials: 2', 'trials: *nothing'), /^2:9 .*alias/i],
  [
    'an alias bomb',
    () =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    /unfold to more than two million|expected at most 100/,
  ],
  ['an alias of itself', () => 'a: &a [*a]\n', /unfold|alias/i],
  ['a deep nest', () => `suite: ${'['.repeat(300)}${']'.repeat(300)}\n`, /nested deeper than 64/],
  ['a very deep nest', () => `suite: ${'['.repeat(30_000)}\n`, /nested deeper than 64|^1:\d+ /],
  ['a NUL', () => change('Do it.', 'Do\u0000it.'), /^12:15 control character \\x00/],
  ['an escape sequence', () => change('Do it.', '\u001b[31mDo it.'), /^12:13 control character \\x1b/],
]

describe('a bad suite is told at its place', () => {
  test.each(hostile)('%s', async (_what, text, expected) => {
    const found = await mistakes(text())
    expect(found.join('\n')).toMatch(new RegExp(expected.source, 'm'))
    for (const mistake of found) expect(mistake).not.toMatch(/undefined|\[object|Invalid input/)
  })

  test('invalid UTF-8, with the place of the first bad byte', async () => {
    const bytes = Buffer.from(good)
    bytes[bytes.indexOf('Do it')] = 0xff
    expect(await mistakes(bytes)).toEqual([expect.stringMatching(/^12:13 not valid UTF-8/)])
  })

  test('a file larger than 5 MB is not read', async () => {
    expect(await mistakes(`${good}#${'x'.repeat(6_000_000)}\n`)).toEqual([
      expect.stringMatching(/^1:1 is larger than 5 MB/),
    ])
  })

  test('all mistakes at once, in the order of the file', async () => {
    const text = change('trials: 2', 'trial: 2')
      .replace('Do it.', '""')
      .replace('extends: bare', 'extends: bear')
      .replace('./repo', './nowhere')
    const found = await mistakes(text)
    expect(found.map(each => each.split(' ')[0])).toEqual(['2:1', '5:19', '8:22', '12:13'])
  })

  test('ten thousand mistakes are cut to a hundred', async () => {
    const tasks = Array.from({ length: 3000 }, (_, i) => `  - { id: t${i}, promt: x }`).join('\n')
    const found = await mistakes(change(/tasks:\n(.*\n)+gate/, `tasks:\n${tasks}\ngate`))
    expect(found).toHaveLength(101)
    expect(found.at(-1)).toMatch(/and \d+ more mistakes/)
  })

  test('ten thousand tasks load', async () => {
    const tasks = Array.from(
      { length: 10_000 },
      (_, i) =>
        `  - id: t${i}\n    prompt: Do thing ${i}.\n    graders:\n      - type: files\n        exists: [out/${i}.txt]\n`,
    ).join('')
    expect((await load(change(/tasks:\n(.*\n)+gate/, `tasks:\n${tasks}gate`))).tasks).toHaveLength(10_000)
  })
})

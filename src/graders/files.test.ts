import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { files } from './files.ts'
import { type GradingPlace, gradingPlace, type Scene } from './testing/input.ts'
import { mistakes } from './testing/mistakes.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

const workspace = {
  'README.md': '# Title\nSome words\n',
  'src/a.ts': 'export const a = 1\n',
  'app/[id]/page.tsx': 'page',
  '.config/x.yaml': 'x: 1',
  'node_modules/dep/dep.snap': 'snap',
  'package.json': JSON.stringify({
    name: 'demo',
    private: true,
    exports: { './x.js': { import: './dist/x.js' } },
    list: [{ id: 1 }, { id: 2 }],
    nothing: null,
  }),
  'bad.json': '{ "a": }',
}

async function grade(given: unknown, scene: Scene = { workspace }) {
  return files.grade(await place.input(scene), files.config.parse(given))
}

test.each([
  [{ exists: ['README.md', './src/', 'src/*.ts', '.config/**', 'app/[id]/page.tsx'] }, true],
  [{ exists: ['src/b.ts'] }, false],
  [{ exists: ['**/*.md'] }, true],
  [{ exists: ['**/*.snap'] }, false],
  [{ exists: ['node_modules/**/*.snap'] }, true],
  [{ absent: ['dist', '**/*.js', 'src/b.ts'] }, true],
  [{ absent: ['src/*.ts'] }, false],
  [{ absent: ['src'] }, false],
  [{ contains: { 'README.md': 'Some' } }, true],
  [{ contains: { './README.md': ['Some', 'Title\nSome'] } }, true],
  [{ contains: { 'README.md': 'some' } }, false],
  [{ contains: { 'missing.md': 'x' } }, false],
  [{ contains: { src: 'x' } }, false],
  [{ notContains: { 'README.md': ['TODO', 'FIXME'] } }, true],
  [{ notContains: { 'README.md': 'words' } }, false],
  [{ notContains: { 'missing.md': 'words' } }, false],
  [{ matches: { 'src/a.ts': 'const \\w+ = \\d' } }, true],
  [{ matches: { 'README.md': { pattern: '^some', flags: 'im' } } }, true],
  [{ matches: { 'README.md': '^Some' } }, false],
  [{ json: { 'package.json': { name: 'demo', private: true, 'list[1].id': 2, nothing: null } } }, true],
  [{ json: { 'package.json': { 'exports["./x.js"].import': { matches: '^\\./dist/' } } } }, true],
  [{ json: { 'package.json': { 'list[0]': { id: 1 }, list: [{ id: 1 }, { id: 2 }] } } }, true],
  [{ json: { 'package.json': { nothing: { exists: true }, other: { exists: false } } } }, true],
  [{ json: { 'package.json': { other: { exists: true } } } }, false],
  [{ json: { 'package.json': { private: 'true' } } }, false],
  [{ json: { 'package.json': { 'list[2].id': 3 } } }, false],
  [{ json: { 'bad.json': { a: 1 } } }, false],
  [{ json: { 'missing.json': { a: { exists: false } } } }, false],
])('%j passes: %s', async (given, passes) => {
  expect((await grade(given)).pass).toBe(passes)
})

test('the explanation says for each check that does not hold what is so instead, and the score counts the others', async () => {
  const result = await grade({
    exists: ['README.md', 'dist/*.js'],
    absent: ['src/**'],
    contains: { 'README.md': ['Title', 'secret\u200b'] },
    matches: { 'src/a.ts': 'b = \\d' },
    json: { 'package.json': { name: 'other', 'a.b': 1 }, 'bad.json': { a: 1 } },
  })
  expect(result.score).toBeCloseTo(2 / 9)
  expect(result.explanation).toBe(
    [
      '7 of 9 checks do not hold:',
      '- dist/*.js exists: nothing is there',
      '- src/** is absent: there is src/a.ts',
      '- README.md contains "secret\\u{200B}": it does not',
      '- src/a.ts matches /b = \\d/: it does not',
      '- package.json: name is "other": it is "demo"',
      '- package.json: a.b is 1: there is no such value',
      `- bad.json: a is 1: it is not JSON (${jsonError(workspace['bad.json'])})`,
    ].join('\n'),
  )
})

function jsonError(text: string): string {
  try {
    JSON.parse(text)
  } catch (error) {
    return String(error).replace('SyntaxError: ', '')
  }
  throw new Error('it is JSON')
}

test('links that leave the workspace are not followed, links inside of it are', async () => {
  const outside = await place.input({ workspace: { 'secret.txt': 'top secret' } })
  const { path: elsewhere } = await outside.workspace({ hidden: false })
  const scene: Scene = {
    workspace,
    async change(root) {
      await symlink(join(elsewhere, 'secret.txt'), join(root, 'absolute'))
      await symlink(elsewhere, join(root, 'folder'))
      await symlink('README.md', join(root, 'inside'))
      await symlink('nowhere', join(root, 'dangling'))
    },
  }
  expect(await grade({ contains: { inside: 'Title' }, exists: ['inside'] }, scene)).toMatchObject({
    pass: true,
  })
  expect(
    await grade({ exists: ['inside', 'absolute', 'folder/secret.txt', 'dangling', 'folder/*.txt'] }, scene),
  ).toMatchObject({ score: 0.2 })
  const absent = await grade({ absent: ['absolute', 'dangling', 'abs*', 'folder/*.txt'] }, scene)
  expect(absent).toMatchObject({ score: 0.25 })
  const { explanation } = await grade(
    { contains: { absolute: 'secret', 'folder/secret.txt': 'secret' } },
    scene,
  )
  expect(explanation).toContain('- absolute contains "secret": it is a link that leaves the workspace')
  expect(explanation).toContain(
    '- folder/secret.txt contains "secret": it is a link that leaves the workspace',
  )
})

test('a pipe or a huge file in the place of a file holds nothing and stops nothing', async () => {
  const scene: Scene = {
    async change(root) {
      await mkdir(join(root, 'x'))
      execFileSync('mkfifo', [join(root, 'x', 'pipe')])
      await writeFile(join(root, 'huge'), 'a'.repeat(1024 * 1024 + 1))
    },
  }
  const { score, explanation } = await grade({ notContains: { 'x/pipe': 'b', huge: 'b' } }, scene)
  expect(score).toBe(0)
  expect(explanation).toContain('it is not a file')
  expect(explanation).toContain('it is larger than 1 MiB')
})

test('hidden files are not seen', async () => {
  expect(await grade({ absent: ['hidden.txt'] }, { hidden: { 'hidden.txt': 'x' } })).toMatchObject({
    pass: true,
  })
})

test('an expression that takes ages leaves the trial unscored', async () => {
  const scene = { workspace: { a: `${'a'.repeat(50)}!` } }
  await expect(grade({ matches: { a: '^(a+)+$' } }, scene)).rejects.toMatchObject({ name: 'InfraError' })
})

test.each([
  [{}, [': expected at least one check: exists, absent, contains, notContains, matches or json']],
  [{ exists: [] }, [': expected at least one check: exists, absent, contains, notContains, matches or json']],
  [
    { exists: ['/etc/passwd'] },
    ['exists > 0: expected a path relative to the workspace, with /, got "/etc/passwd"'],
  ],
  [{ exists: ['a', '../x'] }, ['exists > 1: expected a path inside of the workspace: "../x" leaves it']],
  [{ exists: [''] }, ['exists > 0: expected a path relative to the workspace, got an empty one']],
  [
    { contains: { 'a/../../b': 'x' } },
    ['contains > a/../../b: expected a path inside of the workspace: "a/../../b" leaves it'],
  ],
  [
    { contains: { '.git/config': 'x' } },
    [`contains > .git/config: ".git/config" is a part of git's own folder, which is not judged`],
  ],
  [{ contains: { a: 5 } }, ['contains > a: expected a text or a list of texts']],
  [
    { matches: { a: '[' } },
    ['matches > a: not a JavaScript regular expression: /[/: Unterminated character class'],
  ],
  [
    { json: { a: { 'b..c': 1, d: { matches: '(' } } } },
    [
      'json > a > b..c: expected a path such as a.b[0].c or exports["./x"], got "b..c" (wrong from character 2 on)',
      'json > a > d > matches: not a JavaScript regular expression: /(/: Unterminated group',
    ],
  ],
  [
    { json: { a: { b: { exists: 'yes' } } } },
    ['json > a > b > exists: Invalid input: expected boolean, received string'],
  ],
  [{ exist: ['a'] }, [': Unrecognized key: "exist"']],
])('%j is refused at its place', (given, messages) => {
  expect(mistakes(files.config, given)).toEqual(messages)
})

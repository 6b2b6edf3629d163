import { lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { filesOfFolder } from '../../workspaces/files.ts'
import { isSame, isSteering, restoreSteering } from './steering.ts'

let place: string
let root: string
let original: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'steering-'))
  root = join(place, 'root')
  original = join(place, 'original')
  await mkdir(root)
  await mkdir(original)
})
afterEach(() => rm(place, { recursive: true, force: true }))

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

test.each([
  'conftest.py',
  'tests/unit/conftest.py',
  'pytest.ini',
  'setup.cfg',
  'jest.config.mjs',
  'packages/a/vitest.config.ts',
  'vitest.projects.ts',
  '.mocharc.yml',
  '.babelrc',
  '.npmrc',
  'package.json',
  'packages/a/package.json',
  'node_modules/jest/index.js',
  'node_modules',
  'src/__pycache__/a.cpython-311.pyc',
  'sitecustomize.py',
  '.tool-versions',
  '.mise.toml',
  'tests/mise.local.toml',
  '.python-version',
])('%s steers test runners', path => {
  expect(isSteering(path)).toBe(true)
})

test.each([
  'src/config.js',
  'tests/test_conftest.py',
  'my.package.json',
  'src/jest.ts',
  'tsconfig.json',
  'README.md',
  'src/promise.toml',
])('%s does not', path => {
  expect(isSteering(path)).toBe(false)
})

test('a changed file is put back, a new one goes, a deleted one returns', async () => {
  await write(original, { 'conftest.py': 'old', 'jest.config.js': 'kept' })
  await write(root, { 'conftest.py': 'forged', 'tests/conftest.py': 'forged', 'src/a.py': 'work' })
  const paths = ['conftest.py', 'tests/conftest.py', 'jest.config.js']
  expect(await restoreSteering(filesOfFolder(root), filesOfFolder(original), paths)).toEqual(paths)
  expect(await read('conftest.py')).toBe('old')
  expect(await read('jest.config.js')).toBe('kept')
  expect(await read('src/a.py')).toBe('work')
  await expect(lstat(join(root, 'tests/conftest.py'))).rejects.toThrow('ENOENT')
})

test('nothing is written through a link that leads out', async () => {
  await write(original, { 'tests/conftest.py': 'old' })
  await write(place, { 'outside/conftest.py': 'of the host' })
  await symlink(join(place, 'outside'), join(root, 'tests'))
  await filesOfFolder(root).copy(filesOfFolder(original), ['tests/conftest.py', 'tests/new.py'])
  expect(await readFile(join(place, 'outside/conftest.py'), 'utf8')).toBe('of the host')
  expect(await read('tests/conftest.py')).toBe('old')
})

test('links and folders come back as they were', async () => {
  await write(original, { 'node_modules/a/index.js': 'a' })
  await symlink('node_modules/a', join(original, 'conftest.py'))
  await write(root, { 'conftest.py': 'forged', node_modules: 'forged' })
  await filesOfFolder(root).copy(filesOfFolder(original), ['conftest.py', 'node_modules'])
  expect(await readlink(join(root, 'conftest.py'))).toBe('node_modules/a')
  expect(await read('node_modules/a/index.js')).toBe('a')
})

test('of a package.json only scripts and settings of test runners are put back', async () => {
  const before = { name: 'a', scripts: { test: 'jest' }, jest: { bail: false } }
  const after = {
    name: 'a',
    type: 'module',
    scripts: { test: 'true' },
    jest: { setupFiles: ['./forge.js'] },
    ava: {},
  }
  await write(original, { 'package.json': JSON.stringify(before) })
  await write(root, { 'package.json': JSON.stringify(after) })
  expect(await restoreSteering(filesOfFolder(root), filesOfFolder(original), ['package.json'])).toEqual([
    'package.json',
  ])
  expect(JSON.parse(await read('package.json'))).toEqual({ ...before, type: 'module' })
})

test('a package.json with honest changes stays as it is, to the byte', async () => {
  await write(original, { 'package.json': '{"scripts":{"test":"jest"}}' })
  await write(root, { 'package.json': '{ "scripts": { "test": "jest" },   "dependencies": {} }' })
  expect(await restoreSteering(filesOfFolder(root), filesOfFolder(original), ['package.json'])).toEqual([])
  expect(await read('package.json')).toBe('{ "scripts": { "test": "jest" },   "dependencies": {} }')
})

test('a package.json that became a link is put back in whole', async () => {
  await write(original, { 'package.json': '{"scripts":{"test":"jest"}}' })
  await write(root, { 'forged.json': '{"scripts":{"test":"true"}}' })
  await symlink('forged.json', join(root, 'package.json'))
  expect(await restoreSteering(filesOfFolder(root), filesOfFolder(original), ['package.json'])).toEqual([
    'package.json',
  ])
  expect(await read('package.json')).toBe('{"scripts":{"test":"jest"}}')
  expect(await read('forged.json')).toBe('{"scripts":{"test":"true"}}')
})

test('only regular files of the same content are the same', async () => {
  await write(original, { a: '1', b: '1', c: '1' })
  await write(root, { a: '1', b: '2' })
  await symlink(join(original, 'c'), join(root, 'c'))
  expect(
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(path => isSame(filesOfFolder(root), filesOfFolder(original), path)),
    ),
  ).toEqual([true, false, false, false])
})

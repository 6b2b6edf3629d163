import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Command } from '../../model/suite.ts'
import { parseJson } from '../../util/json.ts'

/** How a repository is made ready and tested, and what it tells agents. */
export interface Detected {
  prepare: Command[]
  /** Runs the given test files; null where no known test runner was found. */
  testCommand: ((files: string[]) => string[]) | null
  runner: string | null
  contextFiles: string[]
  /** Folders with a SKILL.md, relative to the repository. */
  skills: string[]
}

const PackageJson = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
})

const contextNames = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', 'QWEN.md', '.github/copilot-instructions.md']
const skillFolders = ['.agents/skills', '.claude/skills', 'skills']

/** Looks at the files of a repository; runs nothing of it. */
export async function detect(root: string): Promise<Detected> {
  const names = new Set(await readdir(root))
  const [node, contextFiles, skills] = await Promise.all([
    detectNode(root, names),
    existing(root, contextNames),
    findSkills(root),
  ])
  return { ...(node ?? (await detectPython(root, names))), contextFiles, skills }
}

type Toolchain = Pick<Detected, 'prepare' | 'testCommand' | 'runner'>

async function detectNode(root: string, names: ReadonlySet<string>): Promise<Toolchain | null> {
  if (!names.has('package.json')) return null
  const manifest = PackageJson.safeParse(parseJson(await readFile(join(root, 'package.json'), 'utf8')))
  const { scripts, dependencies, devDependencies } = manifest.data ?? PackageJson.parse({})
  const all = { ...dependencies, ...devDependencies }
  const prepare = names.has('pnpm-lock.yaml')
    ? ['pnpm install --frozen-lockfile']
    : names.has('yarn.lock')
      ? ['yarn install --frozen-lockfile']
      : names.has('package-lock.json') || names.has('npm-shrinkwrap.json')
        ? ['npm ci']
        : Object.keys(all).length > 0
          ? ['npm install']
          : []
  const found = (
    [
      ['vitest', ['npx', 'vitest', 'run']],
      ['jest', ['npx', 'jest']],
      ['mocha', ['npx', 'mocha']],
      ['ava', ['npx', 'ava']],
    ] as const
  ).find(([name]) => Object.hasOwn(all, name))
  if (found) return { prepare, runner: found[0], testCommand: files => [...found[1], ...files] }
  if (/\bnode\b.*--test\b/.test(scripts['test'] ?? '')) {
    return { prepare, runner: 'node', testCommand: files => ['node', '--test', ...files] }
  }
  return { prepare, runner: null, testCommand: null }
}

async function detectPython(root: string, names: ReadonlySet<string>): Promise<Toolchain> {
  const isPython = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'pytest.ini'].some(name =>
    names.has(name),
  )
  const testFolders = await Promise.all(
    ['tests', 'test'].filter(name => names.has(name)).map(name => readdir(join(root, name))),
  )
  const hasTests = [...names, ...testFolders.flat()].some(name => /^test_.*\.py$|_test\.py$/.test(name))
  if (!isPython && !hasTests) return { prepare: [], runner: null, testCommand: null }
  const settings = await Promise.all(
    ['pyproject.toml', 'setup.cfg', 'tox.ini', 'requirements-dev.txt', 'requirements.txt'].map(name =>
      names.has(name) ? readFile(join(root, name), 'utf8') : '',
    ),
  )
  const usesPytest = names.has('pytest.ini') || names.has('conftest.py') || /pytest/.test(settings.join('\n'))
  return usesPytest
    ? { prepare: [], runner: 'pytest', testCommand: files => ['python3', '-m', 'pytest', ...files] }
    : { prepare: [], runner: 'unittest', testCommand: files => ['python3', '-m', 'unittest', ...files] }
}

async function existing(root: string, paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(path => isReadable(join(root, path))))
  return paths.filter((_, index) => found[index])
}

async function findSkills(root: string): Promise<string[]> {
  const found = await Promise.all(
    skillFolders.map(async folder => {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
      return existing(
        root,
        entries.filter(entry => entry.isDirectory()).map(entry => `${folder}/${entry.name}/SKILL.md`),
      )
    }),
  )
  return found.flat().map(path => path.slice(0, -'/SKILL.md'.length))
}

async function isReadable(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  )
}

import { cp, lstat, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { removePaths, toContent, writeTree } from '../../util/file-tree.ts'
import { matcher } from '../../util/glob.ts'

/**
 * Files by which a patch could tell a test runner what to report instead of being tested: its configuration, code that it
 * loads by itself, the runner's own code, and compiled files that are taken instead of a source.
 */
const steersRunner = matcher([
  '**/node_modules',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,.pnp.cjs,.pnp.loader.mjs,bunfig.toml}',
  '**/.yarn',
  '**/{jest,vitest,vite,babel,ava,mocha,tap}.config.*',
  '**/vitest.workspace.*',
  '**/{jest,vitest}.setup.*',
  '**/setupTests.*',
  '**/{.babelrc,.mocharc,.c8rc,.nycrc}*',
  '**/{.swcrc,.taprc,mocha.opts}',
  '**/.tap',
  '**/{conftest.py,pytest.ini,.pytest.ini,pytest.toml,.pytest.toml,tox.ini,setup.cfg,pyproject.toml}',
  '**/{sitecustomize.py,usercustomize.py,*.pth,*.pyc}',
  '**/{__pycache__,site-packages}',
])

/** A package.json is shared: honest changes to the rest of it stay. */
const steeringKeys = ['scripts', 'jest', 'vitest', 'mocha', 'ava', 'tap', 'babel', 'nyc', 'c8']

const Package = z.record(z.string(), z.unknown())

/** Whether a path of the workspace steers a test runner, in whole or by some of its keys. */
export function isSteering(path: string): boolean {
  return steersRunner(path) || isPackage(path)
}

/** Puts the given steering files back as they are in another folder. Gives the paths that were not as they were. */
export async function restoreSteering(
  root: string,
  original: string,
  paths: readonly string[],
): Promise<string[]> {
  const packages = paths.filter(path => isPackage(path) && !steersRunner(path))
  const whole = paths.filter(path => !packages.includes(path))
  await restorePaths(root, original, whole)
  const merged = await Promise.all(packages.map(path => restoreKeys(root, original, path)))
  return [...whole, ...packages.filter((_, index) => merged[index])]
}

/** Makes paths what they are in another folder; what is not there is removed. Never follows a link on the way. */
export async function restorePaths(root: string, original: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!(await lstat(join(original, path)).catch(() => null))) {
      await removePaths(root, [path])
      continue
    }
    // Makes real folders of what leads there, whatever the agent put in their place.
    await writeTree(root, { [path]: toContent(new Uint8Array(), false) })
    await rm(join(root, path))
    await cp(join(original, path), join(root, path), { recursive: true, verbatimSymlinks: true })
  }
}

/** Whether two folders have the same regular file at a path. */
export async function isSame(root: string, original: string, path: string): Promise<boolean> {
  const [one, other] = await Promise.all([bytesOf(join(root, path)), bytesOf(join(original, path))])
  return one !== null && other !== null && one.equals(other)
}

async function restoreKeys(root: string, original: string, path: string): Promise<boolean> {
  if ((await lstat(join(root, path)).catch(() => null))?.isSymbolicLink()) {
    await restorePaths(root, original, [path])
    return true
  }
  const [changed, before] = await Promise.all([
    readPackage(join(root, path)),
    readPackage(join(original, path)),
  ])
  // A package.json that is new or no longer one cannot hide anything: without the steering keys it is the agent's own.
  if (!changed) return false
  const keep = Object.entries(changed).filter(([key]) => !steeringKeys.includes(key))
  const back = Object.entries(before ?? {}).filter(([key]) => steeringKeys.includes(key))
  const wanted = Object.fromEntries([...keep, ...back])
  if (steeringKeys.every(key => JSON.stringify(changed[key]) === JSON.stringify(wanted[key]))) return false
  const text = `${JSON.stringify(wanted, null, 2)}\n`
  await writeTree(root, { [path]: { encoding: 'utf8', data: text, executable: false } })
  return true
}

async function readPackage(path: string): Promise<z.infer<typeof Package> | null> {
  const bytes = await bytesOf(path)
  try {
    return (
      bytes && (Package.safeParse(JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))).data ?? null)
    )
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

async function bytesOf(path: string): Promise<Buffer | null> {
  const stat = await lstat(path).catch(() => null)
  return stat?.isFile() ? readFile(path) : null
}

function isPackage(path: string): boolean {
  return path === 'package.json' || path.endsWith('/package.json')
}

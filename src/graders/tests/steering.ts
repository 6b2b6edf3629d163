import { z } from 'zod'
import type { WorkspaceFiles } from '../../contracts.ts'
import { matcher } from '../../util/glob.ts'

/**
 * Files by which a patch could tell a test runner what to report instead of being tested: its configuration, code that it
 * loads by itself, the runner's own code, compiled files that are taken instead of a source, and what tells the machine's
 * version managers which program a name such as python is.
 */
const steersRunner = matcher([
  '**/node_modules',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,.pnp.cjs,.pnp.loader.mjs,bunfig.toml}',
  '**/.yarn',
  '**/{jest,vitest,vite,babel,ava,mocha,tap}.config.*',
  '**/vitest.{workspace,projects}.*',
  '**/{jest,vitest}.setup.*',
  '**/setupTests.*',
  '**/{.babelrc,.mocharc,.c8rc,.nycrc}*',
  '**/{.swcrc,.taprc,mocha.opts}',
  '**/.tap',
  '**/{conftest.py,pytest.ini,.pytest.ini,pytest.toml,.pytest.toml,tox.ini,setup.cfg,pyproject.toml}',
  '**/{sitecustomize.py,usercustomize.py,*.pth,*.pyc}',
  '**/{__pycache__,site-packages}',
  '**/{.tool-versions,.python-version,.node-version,.nvmrc,node.config.json,{,.}mise{,.*}.toml}',
])

/** A package.json is shared: honest changes to the rest of it stay. */
const steeringKeys = ['scripts', 'jest', 'vitest', 'mocha', 'ava', 'tap', 'babel', 'nyc', 'c8']

const Package = z.record(z.string(), z.unknown())

/** Whether a path of the workspace steers a test runner, in whole or by some of its keys. */
export function isSteering(path: string): boolean {
  return steersRunner(path) || isPackage(path)
}

/** Puts the given steering files back as they are in another workspace. Gives the paths that were not as they were. */
export async function restoreSteering(
  files: WorkspaceFiles,
  original: WorkspaceFiles,
  paths: readonly string[],
): Promise<string[]> {
  const packages = paths.filter(path => isPackage(path) && !steersRunner(path))
  const whole = paths.filter(path => !packages.includes(path))
  await files.copy(original, whole)
  const merged = await Promise.all(packages.map(path => restoreKeys(files, original, path)))
  return [...whole, ...packages.filter((_, index) => merged[index])]
}

/** Whether two workspaces have the same regular file at a path. */
export async function isSame(one: WorkspaceFiles, other: WorkspaceFiles, path: string): Promise<boolean> {
  const [here, there] = await Promise.all([one.read(path), other.read(path)])
  return here !== null && there !== null && here.equals(there)
}

async function restoreKeys(files: WorkspaceFiles, original: WorkspaceFiles, path: string): Promise<boolean> {
  if ((await files.at(path))?.stats.isSymbolicLink()) {
    await files.copy(original, [path])
    return true
  }
  const [changed, before] = await Promise.all([readPackage(files, path), readPackage(original, path)])
  // A package.json that is new or no longer one cannot hide anything: without the steering keys it is the agent's own.
  if (!changed) return false
  const keep = Object.entries(changed).filter(([key]) => !steeringKeys.includes(key))
  const back = Object.entries(before ?? {}).filter(([key]) => steeringKeys.includes(key))
  const wanted = Object.fromEntries([...keep, ...back])
  if (steeringKeys.every(key => JSON.stringify(changed[key]) === JSON.stringify(wanted[key]))) return false
  const text = `${JSON.stringify(wanted, null, 2)}\n`
  await files.write({ [path]: { encoding: 'utf8', data: text, executable: false } })
  return true
}

async function readPackage(files: WorkspaceFiles, path: string): Promise<z.infer<typeof Package> | null> {
  const bytes = await files.read(path)
  try {
    return (
      bytes && (Package.safeParse(JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''))).data ?? null)
    )
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

function isPackage(path: string): boolean {
  return path === 'package.json' || path.endsWith('/package.json')
}

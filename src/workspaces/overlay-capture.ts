import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../contracts.ts'
import { failed, joinZ, runGit, splitZ } from '../util/git.ts'
import { mounted, runMounted, type Overlay } from '../util/overlay.ts'
import { capture, maxNewBytes, maxPatchBytes } from './capture.ts'
import { diffTrees } from './diff-trees.ts'
import { importTree } from './import-tree.ts'
import type { OwnGit } from './own-git.ts'
import { upperChanges } from './upper-changes.ts'
import { Unusual } from '../util/unusual.ts'
import { removeQuietly } from './work-root.ts'

/**
 * The same patch that `capture` would give for the folder that commands see, but at the cost of what has changed. What a
 * scan of the upper layer cannot tell (repositories inside of the workspace) goes the long way, over a copy.
 */
export async function captureOverlay(own: OwnGit, overlay: Overlay): Promise<Patch> {
  try {
    const tree = await treeOf(own, overlay, [])
    return await diffTrees(own.gitDir, own.baseTree, tree, maxPatchBytes)
  } catch (error) {
    if (!(error instanceof Unusual)) throw error
    return captureCopy(own, overlay)
  }
}

/** The tree of all files as commands see them; `force` are new files that count although git may ignore them. */
export async function treeOf(own: OwnGit, overlay: Overlay, force: readonly string[]): Promise<string> {
  const changes = await upperChanges(overlay.upper, own.baseTree, own.gitDir, paths => shown(overlay, paths))
  const { tracked, untracked, gone } = changes
  const forced = new Set(force.map(path => Buffer.from(path).toString('latin1')))
  const ignored = await ignoredOf(
    own,
    overlay,
    untracked.filter(path => !forced.has(path)),
  )
  const written = [...tracked, ...untracked.filter(path => !ignored.has(path))]
  if (written.length === 0 && gone.length === 0) return own.baseTree
  return importTree(own.gitDir, own.baseTree, overlay.upper, { written, gone }, maxNewBytes)
}

/** By the `.gitignore` files that commands see, wherever in the layers they are. */
async function ignoredOf(own: OwnGit, overlay: Overlay, paths: readonly string[]): Promise<Set<string>> {
  if (paths.length === 0) return new Set()
  const args = ['check-ignore', '--no-index', '-z', '--stdin']
  const options = {
    gitDir: own.gitDir,
    workTree: overlay.at,
    within: (argv: readonly string[]) => mounted(overlay, argv),
    // With "./" a path cannot be taken for a pattern.
    input: joinZ(paths.map(path => `./${path}`)),
  }
  const result = await runGit(args, options)
  // 1 = none of them is ignored.
  if (result.exitCode > 1) throw failed(args, options, result)
  return new Set(splitZ(result.stdout).map(path => path.slice(2)))
}

/** Prints those of the paths that are there. */
const printShown = 'for path do if [ -e "$path" ] || [ -L "$path" ]; then printf "%s\\0" "$path"; fi; done'

async function shown(overlay: Overlay, paths: readonly string[]): Promise<Set<string>> {
  if (paths.length === 0) return new Set()
  const argv = ['xargs', '-0', '/bin/sh', '-c', printShown, 'sh']
  const output = await runMounted(overlay, argv, joinZ(paths.map(path => `./${path}`)))
  return new Set(splitZ(output).map(path => path.slice(2)))
}

/** Everything as commands see it, in a plain folder. */
async function captureCopy(own: OwnGit, overlay: Overlay): Promise<Patch> {
  const folder = await mkdtemp(join(overlay.upper, '../copy-'))
  try {
    const workTree = join(folder, 'ws')
    await mkdir(workTree)
    await runMounted(overlay, ['cp', '-a', '--', './.', workTree])
    return await capture({ ...own, workTree })
  } finally {
    await removeQuietly(folder)
  }
}

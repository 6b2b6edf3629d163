import { isUtf8 } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../contracts.ts'
import { failed, joinZ, runGit } from '../util/git.ts'
import { toBytePath } from '../util/layers.ts'
import { mounted, runMounted, type Overlay } from '../util/overlay.ts'
import { capture, maxNewBytes, maxPatchBytes } from './capture.ts'
import { diffTrees } from './diff-trees.ts'
import { importTree } from './import-tree.ts'
import type { OwnGit } from './own-git.ts'
import { upperChanges, type Look } from './upper-changes.ts'
import { Unusual } from '../util/unusual.ts'
import { removeQuietly } from './work-root.ts'

/** Whether nothing was changed, as far as a patch goes. */
export function isUntouched(overlay: Overlay): boolean {
  return readdirSync(overlay.upper).every(name => name === '.git')
}

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

/**
 * The tree of all files as commands see them, or what stands for it; `force` are new files that count although git may ignore
 * them.
 */
export async function treeOf(own: OwnGit, overlay: Overlay, force: readonly string[]): Promise<string> {
  const forced = new Set(force.map(toBytePath))
  const { written, gone } = await upperChanges(overlay, own.baseTree, own.gitDir, asked =>
    look(own, overlay, { ...asked, isIgnored: asked.isIgnored.filter(path => !forced.has(path)) }),
  )
  if (written.length === 0 && gone.length === 0) return own.baseTree
  return importTree(own.gitDir, own.baseTree, overlay.upper, { written, gone }, maxNewBytes)
}

/** Prints those of the first N arguments that are there, each ended by a zero byte, one more of them, and runs the rest. */
const printShown =
  'count=$1; shift; while [ "$count" -gt 0 ]; do if [ -e "$1" ] || [ -L "$1" ]; then printf "%s\\0" "$1"; fi; ' +
  'shift; count=$((count - 1)); done; printf "\\0"; exec "$@"'

/** So many characters of arguments every system takes. */
const maxArguments = 64 * 1024

/** One mount for both questions. Ignored is what the `.gitignore` files say that commands see, wherever they are. */
async function look(
  own: OwnGit,
  overlay: Overlay,
  { isShown, isIgnored }: { isShown: readonly string[]; isIgnored: readonly string[] },
): Promise<Look> {
  if (isShown.length === 0 && isIgnored.length === 0) return { shown: new Set(), ignored: new Set() }
  // With "./" a path cannot be taken for an option or a pattern.
  const asked = isShown.map(path => Buffer.from(`./${path}`, 'latin1'))
  if (asked.some(path => !isUtf8(path)) || asked.reduce((sum, path) => sum + path.length, 0) > maxArguments)
    throw new Unusual('names that cannot be arguments, or very many of them')
  const args = ['check-ignore', '--no-index', '-z', '--stdin']
  const options = {
    gitDir: own.gitDir,
    workTree: overlay.at,
    within: (argv: readonly string[]) =>
      mounted(overlay, [
        '/bin/sh',
        '-c',
        printShown,
        'sh',
        String(asked.length),
        ...asked.map(path => path.toString()),
        ...(isIgnored.length > 0 ? argv : ['true']),
      ]),
    input: joinZ(isIgnored.map(path => `./${path}`)),
  }
  const result = await runGit(args, options)
  // 1 = none of them is ignored.
  if (result.exitCode > 1) throw failed(args, options, result)
  const answers = result.stdout.toString('latin1').split('\0')
  const end = answers.indexOf('')
  const paths = (from: readonly string[]): Set<string> => new Set(from.map(path => path.slice(2)))
  return { shown: paths(answers.slice(0, end)), ignored: paths(answers.slice(end + 1, -1)) }
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

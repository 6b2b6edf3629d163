import { isUtf8 } from 'node:buffer'
import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Patch } from '../contracts.ts'
import { failed, joinZ, runGit } from '../util/git.ts'
import { toBytePath } from '../util/layers.ts'
import { mounting, runMounted, type Overlay } from '../util/overlay.ts'
import { withPrelude } from '../util/prelude.ts'
import { shellWord } from '../util/shell.ts'
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
 * The tree of all files as commands see them; `force` are new files that count although git may ignore
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

/** Prints those of the paths that are there, each ended by a zero byte, and one more of them. */
function printShown(paths: readonly string[]): string {
  const print = `if [ -e "$path" ] || [ -L "$path" ]; then printf '%s\\0' "$path"; fi`
  return `{ for path in ${paths.map(shellWord).join(' ')}; do ${print}; done; printf '\\0'; }`
}

/** So many characters of one argument every system takes. */
const maxScript = 100_000

/** One mount for both questions. Ignored is what the `.gitignore` files say that commands see, wherever they are. */
async function look(
  own: OwnGit,
  overlay: Overlay,
  { isShown, isIgnored }: { isShown: readonly string[]; isIgnored: readonly string[] },
): Promise<Look> {
  if (isShown.length === 0 && isIgnored.length === 0) return { shown: new Set(), ignored: new Set() }
  // With "./" a path cannot be taken for an option or a pattern.
  const asked = isShown.map(path => Buffer.from(`./${path}`, 'latin1'))
  const line = printShown(asked.map(path => path.toString()))
  if (!asked.every(path => isUtf8(path)) || Buffer.byteLength(line) > maxScript)
    throw new Unusual('names that cannot be arguments, or very many of them')
  const args = ['check-ignore', '--no-index', '-z', '--stdin']
  const options = {
    gitDir: own.gitDir,
    workTree: overlay.at,
    within: (argv: readonly string[]) =>
      withPrelude(
        [mounting([overlay], overlay.at), { namespaces: [], lines: [line] }],
        isIgnored.length > 0 ? argv : [],
      ),
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

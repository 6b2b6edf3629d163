import { chmodSync, lstatSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readTrees, type TreeEntry } from '../util/git-trees.ts'
import { isWhiteout, onDisk, toBytePath } from '../util/layers.ts'
import type { Overlay } from '../util/overlay.ts'
import { Unusual } from '../util/unusual.ts'

/** What an upper layer changes in its base, paths with one character a byte. */
export interface UpperChanges {
  /** Files and links that are there, and of which git knows or would take notice. */
  written: string[]
  /** Files and folders of the base that are gone, or are of another kind now. */
  gone: string[]
}

/** What only those see who have the layers mounted. */
export interface Look {
  /** Those of the asked paths that are there. */
  shown: Set<string>
  /** Those of the asked paths that git ignores. */
  ignored: Set<string>
}

/** fuse-overlayfs puts these into folders that were made anew, and lets nobody else make a name that begins so. */
const fuseMarks = ['.wh..wh..opq', '.wh..opq']

interface Scan {
  upper: string
  /** Names that are no files of the workspace. */
  marks: readonly string[]
  /** Everything found, by folder. */
  folders: Map<string, Map<string, 'folder' | 'file' | 'gone'>>
}

/**
 * Compares an upper layer with a base tree by looking only at what is in the layer. Pipes, sockets and devices count as not
 * there, as does the `.git` at the top. `look` tells what only commands see. Throws Unusual.
 */
export async function upperChanges(
  { upper, fuse }: Pick<Overlay, 'upper' | 'fuse'>,
  baseTree: string,
  gitDir: string,
  look: (asked: { isShown: readonly string[]; isIgnored: readonly string[] }) => Promise<Look>,
): Promise<UpperChanges> {
  const scan: Scan = { upper: toBytePath(upper), marks: fuse === null ? [] : fuseMarks, folders: new Map() }
  scanFolder(scan, '')
  if ([...scan.folders.values()].every(entries => entries.size === 0)) return { written: [], gone: [] }

  const base = await readTrees(baseTree, [...scan.folders.keys()], { gitDir })
  const found: Sorted = { tracked: [], untracked: [], gone: [] }
  const covered: { witness: string; hidden: string[] }[] = []
  for (const [folder, entries] of scan.folders) {
    const inBase = base.get(folder) ?? new Map<string, TreeEntry>()
    for (const [name, kind] of entries) sort(found, below(folder, name), kind, inBase.get(name))
    const hidden = [...inBase.keys()].filter(name => !entries.has(name)).map(name => below(folder, name))
    // A folder that was deleted and made anew shows none of what was in it, else it shows all: one of it tells.
    if (folder !== '' && hidden[0] !== undefined) covered.push({ witness: hidden[0], hidden })
  }
  const witnesses = covered.map(({ witness }) => witness)
  const canBeIgnored =
    readFileSync(join(gitDir, 'info/exclude')).length > 0 ||
    [...scan.folders].some(([at, entries]) => entries.has(ignoreFile) || base.get(at)?.has(ignoreFile))
  const { shown, ignored } = await look({
    isShown: witnesses,
    isIgnored: canBeIgnored ? found.untracked : [],
  })
  const gone = covered.filter(({ witness }) => !shown.has(witness)).flatMap(({ hidden }) => hidden)
  return {
    written: [...found.tracked, ...found.untracked.filter(path => !ignored.has(path))],
    gone: [...found.gone, ...gone],
  }
}

/** Of a folder of the base that git knows nothing of, the exclude file tells. */
const ignoreFile = '.gitignore'

interface Sorted {
  /** Files of which the base has one of that name. */
  tracked: string[]
  /** Those that are new: they count unless git ignores them. */
  untracked: string[]
  gone: string[]
}

function sort(
  found: Sorted,
  path: string,
  kind: 'folder' | 'file' | 'gone',
  inBase: TreeEntry | undefined,
): void {
  const wasFolder = inBase?.mode === '40000'
  if (inBase && (kind === 'gone' || wasFolder !== (kind === 'folder'))) found.gone.push(path)
  if (kind === 'file') (inBase && !wasFolder ? found.tracked : found.untracked).push(path)
}

function scanFolder(scan: Scan, folder: string): void {
  const found = new Map<string, 'folder' | 'file' | 'gone'>()
  scan.folders.set(folder, found)
  for (const name of listFolder(onDisk(`${scan.upper}/${folder}`))) {
    if (scan.marks.includes(name)) continue
    if (name.toLowerCase() === '.git') {
      if (folder === '') continue
      throw new Unusual(`a repository inside of the workspace: ${folder}`)
    }
    const path = below(folder, name)
    if (path.includes('\n')) throw new Unusual('a name with a line end')
    const stats = lstatSync(onDisk(`${scan.upper}/${path}`))
    if (stats.isDirectory()) {
      found.set(name, 'folder')
      scanFolder(scan, path)
      continue
    }
    const isContent = stats.isFile() || stats.isSymbolicLink()
    // git would wait for what a pipe has to say.
    if (!isContent && name === ignoreFile && !isWhiteout(stats))
      throw new Unusual(`an ignore file that is none: ${path}`)
    found.set(name, isContent ? 'file' : 'gone')
  }
}

/** Also one that the agent has locked. */
function listFolder(place: Buffer): string[] {
  try {
    return readdirSync(place, 'latin1')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
    chmodSync(place, 0o700)
    return readdirSync(place, 'latin1')
  }
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

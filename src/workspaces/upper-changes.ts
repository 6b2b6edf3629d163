import { chmod, lstat, readdir } from 'node:fs/promises'
import { readTrees, type TreeEntry } from '../util/git-trees.ts'
import { onDisk, toBytePath } from '../util/layers.ts'
import { Unusual } from '../util/unusual.ts'

/** What an upper layer changes in its base, paths with one character a byte. */
export interface UpperChanges {
  /** Files and links that are there, of which the base has a file or link of that name. */
  tracked: string[]
  /** Those that are new: they count unless git ignores them. */
  untracked: string[]
  /** Files and folders of the base that are gone, or are of another kind now. */
  gone: string[]
}

interface Scan {
  upper: string
  /** Everything found, by folder. */
  folders: Map<string, Map<string, 'folder' | 'file' | 'gone'>>
}

/**
 * Compares an upper layer with a base tree by looking only at what is in the layer. Pipes, sockets and devices count as not
 * there, as does the `.git` at the top. `isShown` tells whether commands see a path of the lower layers: a folder that was
 * deleted and made anew shows none of them, which only the kernel can read from the disk. Throws Unusual.
 */
export async function upperChanges(
  upper: string,
  baseTree: string,
  gitDir: string,
  isShown: (paths: readonly string[]) => Promise<Set<string>>,
): Promise<UpperChanges> {
  const scan: Scan = { upper: toBytePath(upper), folders: new Map() }
  await scanFolder(scan, '')
  const changes: UpperChanges = { tracked: [], untracked: [], gone: [] }
  const isUnchanged = [...scan.folders.values()].every(entries => entries.size === 0)
  if (isUnchanged) return changes

  const base = await readTrees(baseTree, [...scan.folders.keys()], { gitDir })
  const covered: { witness: string; hidden: string[] }[] = []
  for (const [folder, entries] of scan.folders) {
    const inBase = base.get(folder) ?? new Map<string, TreeEntry>()
    for (const [name, kind] of entries) sort(changes, below(folder, name), kind, inBase.get(name))
    const unseen = [...inBase.keys()].filter(name => !entries.has(name)).map(name => below(folder, name))
    // All names of a folder are hidden or none is: one of them tells.
    if (folder !== '' && unseen[0] !== undefined) covered.push({ witness: unseen[0], hidden: unseen })
  }
  const shown = await isShown(covered.map(({ witness }) => witness))
  for (const { witness, hidden } of covered) if (!shown.has(witness)) changes.gone.push(...hidden)
  return changes
}

function sort(
  changes: UpperChanges,
  path: string,
  kind: 'folder' | 'file' | 'gone',
  inBase: TreeEntry | undefined,
): void {
  const wasFolder = inBase?.mode === '40000'
  if (inBase && (kind === 'gone' || wasFolder !== (kind === 'folder'))) changes.gone.push(path)
  if (kind === 'file') (inBase && !wasFolder ? changes.tracked : changes.untracked).push(path)
}

async function scanFolder(scan: Scan, folder: string): Promise<void> {
  const found = new Map<string, 'folder' | 'file' | 'gone'>()
  scan.folders.set(folder, found)
  for (const name of await listFolder(onDisk(`${scan.upper}/${folder}`))) {
    if (name.toLowerCase() === '.git') {
      if (folder === '') continue
      throw new Unusual(`a repository inside of the workspace: ${folder}`)
    }
    const path = below(folder, name)
    if (path.includes('\n')) throw new Unusual('a name with a line end')
    const stats = await lstat(onDisk(`${scan.upper}/${path}`))
    if (stats.isDirectory()) {
      found.set(name, 'folder')
      await scanFolder(scan, path)
    } else found.set(name, stats.isFile() || stats.isSymbolicLink() ? 'file' : 'gone')
  }
}

/** Also one that the agent has locked. */
async function listFolder(place: Buffer): Promise<string[]> {
  return readdir(place, 'latin1').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EACCES') throw error
    await chmod(place, 0o700)
    return readdir(place, 'latin1')
  })
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

import { GitError, git, type GitOptions } from './git.ts'

export interface TreeEntry {
  /** As git writes it: `100644`, `100755`, `120000` (link), `40000` (tree), `160000` (submodule). */
  mode: string
  id: string
}

type Folder = ReadonlyMap<string, TreeEntry>

/** By tree and folder: trials of one task change files of the same folders. An id always stands for the same tree. */
const known = new Map<string, Folder | null>()
const mostKnown = 2000

/**
 * The entries of folders in a tree, by folder and name; one character of a path is one byte, and the top is the empty path.
 * A folder that the tree does not have is left out. No path may hold a line end.
 */
export async function readTrees(
  tree: string,
  folders: readonly string[],
  options: GitOptions,
): Promise<Map<string, Folder>> {
  const trees = new Map<string, Folder>()
  const missing: string[] = []
  for (const folder of folders) {
    const found = known.get(`${tree}:${folder}`)
    if (found) trees.set(folder, found)
    else if (found === undefined) missing.push(folder)
  }
  const read = await readFrom(tree, missing, options)
  if (known.size > mostKnown) known.clear()
  for (const folder of missing) {
    const found = read.get(folder) ?? null
    known.set(`${tree}:${folder}`, found)
    if (found) trees.set(folder, found)
  }
  return trees
}

async function readFrom(
  tree: string,
  folders: readonly string[],
  options: GitOptions,
): Promise<Map<string, Folder>> {
  const trees = new Map<string, Folder>()
  if (folders.length === 0) return trees
  const input = Buffer.from(folders.map(folder => `${tree}:${folder}\n`).join(''), 'latin1')
  const output = await git(['cat-file', '--batch'], { ...options, input })
  let at = 0
  for (const folder of folders) {
    const end = output.indexOf('\n', at)
    const header = output.toString('latin1', at, end)
    at = end + 1
    if (header.endsWith(' missing')) continue
    const [id = '', type, size] = header.split(' ')
    if (!/^\d+$/.test(size ?? ''))
      throw new GitError(`cannot read ${folder} in ${options.gitDir}: ${header}`, '')
    const next = at + Number(size)
    if (type === 'tree') trees.set(folder, parseTree(output.subarray(at, next), id.length / 2))
    at = next + 1
  }
  return trees
}

/** "<mode> <name>\0<id in bytes>", and so on. */
function parseTree(bytes: Buffer, idBytes: number): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>()
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(' ', at)
    const end = bytes.indexOf(0, space)
    const mode = bytes.toString('latin1', at, space)
    const name = bytes.toString('latin1', space + 1, end)
    at = end + 1 + idBytes
    entries.set(name, { mode, id: bytes.toString('hex', end + 1, at) })
  }
  return entries
}

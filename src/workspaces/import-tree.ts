import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
} from 'node:fs'
import { InfraError } from '../errors.ts'
import { writePack, type PackWriter } from '../util/git-pack.ts'
import { readTrees, type TreeEntry } from '../util/git-trees.ts'
import { onDisk, toBytePath } from '../util/layers.ts'

/**
 * Writes the tree that differs from a base by some files, and returns its id. No index is needed: the cost is that of the
 * changes, whatever the size of the base. The files are read below `root`, bytes as they are, links not followed. Paths have
 * one character a byte. Throws InfraError if the files hold more than `maxBytes`.
 */
export async function importTree(
  gitDir: string,
  baseTree: string,
  root: string,
  { written, gone }: { written: readonly string[]; gone: readonly string[] },
  maxBytes: number,
): Promise<string> {
  const changed = changesByFolder([...written, ...gone])
  const base = await readTrees(baseTree, [...changed.keys()], { gitDir })
  const pack = {
    name: randomBytes(20).toString('hex'),
    count: written.length + changed.size,
    idLength: baseTree.length,
  }
  return writePack(gitDir, pack, async ({ add, addStream }) => {
    const files = new Map<string, TreeEntry>()
    let total = 0
    for (const path of written) {
      const place = onDisk(`${toBytePath(root)}/${path}`)
      const stats = lstatSync(place)
      total += stats.size
      if (total > maxBytes) throw tooLarge(root, path, maxBytes)
      if (stats.isSymbolicLink())
        files.set(path, { mode: '120000', id: add('blob', readlinkSync(place, 'buffer')) })
      else files.set(path, await addFile(place, stats.size, { add, addStream }))
    }
    const removed = new Set(gone)
    const treeOf = (folder: string): string | null => {
      const entries = new Map(removed.has(folder) ? [] : base.get(folder))
      for (const [name, path] of changed.get(folder) ?? []) {
        const below = changed.has(path) ? treeOf(path) : null
        const entry = files.get(path) ?? (below === null ? null : { mode: '40000', id: below })
        if (entry) entries.set(name, entry)
        else entries.delete(name)
      }
      const id = add('tree', treeBytes(entries))
      // git knows no empty folders.
      return entries.size === 0 && folder !== '' ? null : id
    }
    return treeOf('') ?? ''
  })
}

/** All folders in which something changes or that hold one, each with the names of what changes in it and their paths. */
function changesByFolder(paths: readonly string[]): Map<string, Map<string, string>> {
  const folders = new Map<string, Map<string, string>>([['', new Map()]])
  for (const path of paths) {
    for (let at = path; at !== '';) {
      const slash = at.lastIndexOf('/')
      const folder = at.slice(0, Math.max(0, slash))
      const names = folders.get(folder) ?? new Map<string, string>()
      folders.set(folder, names.set(at.slice(slash + 1), at))
      at = folder
    }
  }
  return folders
}

/** In git's order: a folder stands where its name with a slash would. */
function treeBytes(entries: ReadonlyMap<string, TreeEntry>): Buffer {
  const sorted = [...entries]
    .map(([name, { mode, id }]) => ({ name, mode, id, key: mode === '40000' ? `${name}/` : name }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return Buffer.concat(
    sorted.flatMap(({ name, mode, id }) => [bytes(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  )
}

/** Up to this size a file is read at once. */
const atOnceBytes = 1024 * 1024

async function addFile(place: Buffer, size: number, { add, addStream }: PackWriter): Promise<TreeEntry> {
  const file = openReadable(place)
  try {
    const mode = (fstatSync(file).mode & 0o100) === 0 ? '100644' : '100755'
    if (size <= atOnceBytes) return { mode, id: add('blob', readFileSync(file)) }
    const content = createReadStream('', { fd: file, autoClose: false, end: size - 1 })
    return { mode, id: await addStream('blob', size, content) }
  } finally {
    closeSync(file)
  }
}

const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Also one that the agent has locked. */
function openReadable(place: Buffer): number {
  try {
    return openSync(place, flags)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
    chmodSync(place, lstatSync(place).mode | 0o400)
    return openSync(place, flags)
  }
}

function tooLarge(root: string, path: string, maxBytes: number): InfraError {
  const name = Buffer.from(path, 'latin1').toString()
  return new InfraError(
    `the new files in ${root} hold more than ${Math.round(maxBytes / 1e6)} MB, the last one counted is ${name}: have them ` +
      'removed, or list them in .gitignore',
  )
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

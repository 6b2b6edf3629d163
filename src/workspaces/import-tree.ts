import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { InfraError } from '../errors.ts'
import { git } from '../util/git.ts'
import { onDisk, toBytePath } from '../util/layers.ts'

/**
 * Makes the tree that differs from a base by some files, and returns a ref that stands for it until the next call. No index is
 * needed: the cost is that of the changes, whatever the size of the base. The files are read below `root`, bytes as they are,
 * links not followed. Paths have one character a byte. Throws InfraError if the files hold more than `maxBytes`.
 */
export async function importTree(
  gitDir: string,
  baseTree: string,
  root: string,
  changes: { written: readonly string[]; gone: readonly string[] },
  maxBytes: number,
): Promise<string> {
  const ref = 'refs/captures/latest'
  const input = Readable.from(commands(ref, baseTree, root, changes, maxBytes))
  await git(['fast-import', '--quiet', '--force', '--done'], { gitDir, input })
  return ref
}

async function* commands(
  ref: string,
  baseTree: string,
  root: string,
  changes: { written: readonly string[]; gone: readonly string[] },
  maxBytes: number,
): AsyncGenerator<Buffer> {
  yield bytes(
    `commit ${ref}\ncommitter agent-eval <agent-eval@localhost> 0 +0000\ndata 0\nM 040000 ${baseTree} ""\n`,
  )
  for (const path of changes.gone) yield bytes(`D ${quoted(path)}\n`)
  let total = 0
  for (const path of changes.written) {
    const place = onDisk(`${toBytePath(root)}/${path}`)
    const stats = lstatSync(place)
    total += stats.size
    if (total > maxBytes) throw tooLarge(root, path, maxBytes)
    if (stats.isSymbolicLink()) {
      const target = readlinkSync(place, 'buffer')
      yield bytes(`M 120000 inline ${quoted(path)}\ndata ${target.length}\n`)
      yield target
    } else if (stats.size <= atOnceBytes) yield smallFile(place, path)
    else yield* largeFile(place, path)
    yield bytes('\n')
  }
  yield bytes('done\n')
}

/** Up to this size a file is read at once. */
const atOnceBytes = 1024 * 1024

function smallFile(place: Buffer, path: string): Buffer {
  const file = openReadable(place)
  try {
    const content = readFileSync(file)
    return Buffer.concat([bytes(header(path, fstatSync(file).mode, content.length)), content])
  } finally {
    closeSync(file)
  }
}

function header(path: string, mode: number, size: number): string {
  return `M ${(mode & 0o100) === 0 ? '100644' : '100755'} inline ${quoted(path)}\ndata ${size}\n`
}

async function* largeFile(place: Buffer, path: string): AsyncGenerator<Buffer> {
  closeSync(openReadable(place))
  const file = await open(place, flags)
  try {
    const { mode, size } = await file.stat()
    yield bytes(header(path, mode, size))
    if (size > 0) yield* file.createReadStream({ autoClose: false, end: size - 1 }) as AsyncIterable<Buffer>
  } finally {
    await file.close()
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

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, character => `\\${character}`)}"`
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflate, deflateSync } from 'node:zlib'
import { objectFormat } from './git-dir.ts'

export type ObjectType = 'tree' | 'blob'

/** Takes objects into a pack, and tells their ids. */
export interface PackWriter {
  add(type: ObjectType, bytes: Uint8Array): string
  /** The same for what is better not held in memory; `size` is how many bytes come. */
  addStream(type: ObjectType, size: number, chunks: AsyncIterable<Uint8Array>): Promise<string>
}

const typeNumbers = { tree: 2, blob: 3 }
/** What is in a pack here is read once or twice. */
const compression = { level: 1 }

/**
 * Writes exactly `count` objects into a new pack of a git directory, without a start of git. They are there for git once this
 * resolves. The format is that of gitformat-pack(5), version 2 of packs and of their indexes.
 */
export async function writePack<T>(
  gitDir: string,
  { name, count, idLength }: { name: string; count: number; idLength: number },
  fill: (pack: PackWriter) => Promise<T>,
): Promise<T> {
  const newHash = (): Hash => createHash(objectFormat('0'.repeat(idLength)))
  const folder = join(gitDir, 'objects/pack')
  mkdirSync(folder, { recursive: true })
  const file = openSync(join(folder, `pack-${name}.pack`), 'wx', 0o444)
  const whole = newHash()
  const entries: Entry[] = []
  let size = 0
  const write = (bytes: Uint8Array): void => {
    writeSync(file, bytes)
    whole.update(bytes)
    size += bytes.length
  }
  try {
    write(Buffer.concat([Buffer.from('PACK'), numbers([2, count])]))
    const result = await fill({
      add(type, bytes) {
        const packed = Buffer.concat([entryHeader(type, bytes.length), deflateSync(bytes, compression)])
        const id = newHash().update(`${type} ${bytes.length}\0`).update(bytes).digest()
        entries.push({ id, offset: size, checksum: crc32(packed) })
        write(packed)
        return id.toString('hex')
      },
      async addStream(type, length, chunks) {
        const [offset, header] = [size, entryHeader(type, length)]
        const hash = newHash().update(`${type} ${length}\0`)
        let checksum = crc32(header)
        write(header)
        let seen = 0
        const hashed = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
          for await (const chunk of source) {
            seen += chunk.length
            hash.update(chunk)
            yield chunk
          }
        }
        await pipeline(chunks, hashed, createDeflate(compression), async (source: AsyncIterable<Buffer>) => {
          for await (const packed of source) {
            checksum = crc32(packed, checksum)
            write(packed)
          }
        })
        if (seen !== length) throw new Error(`${seen} bytes came, expected ${length}`)
        const id = hash.digest()
        entries.push({ id, offset, checksum })
        return id.toString('hex')
      },
    })
    if (entries.length !== count) throw new Error(`${entries.length} objects in a pack of ${count}`)
    const checksum = whole.digest()
    writeSync(file, checksum)
    const index = indexOf(entries, checksum)
    writeFileSync(join(folder, `pack-${name}.idx`), Buffer.concat([index, newHash().update(index).digest()]))
    return result
  } finally {
    closeSync(file)
  }
}

interface Entry {
  id: Buffer
  offset: number
  checksum: number
}

/** Four bits of the size beside the type, then seven in each byte that follows. */
function entryHeader(type: ObjectType, size: number): Buffer {
  const bytes = [(typeNumbers[type] << 4) | (size & 15)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest % 128)
  }
  return Buffer.from(bytes)
}

function indexOf(entries: readonly Entry[], packChecksum: Buffer): Buffer {
  const sorted = entries.toSorted((a, b) => Buffer.compare(a.id, b.id))
  // How many ids begin with each byte or a smaller one.
  const upTo = Array.from(
    { length: 256 },
    (_, byte) => sorted.filter(({ id }) => id.readUInt8() <= byte).length,
  )
  return Buffer.concat([
    numbers([0xff744f63, 2, ...upTo]),
    ...sorted.map(({ id }) => id),
    numbers(sorted.map(({ checksum }) => checksum)),
    numbers(sorted.map(({ offset }) => offset)),
    packChecksum,
  ])
}

/** Each in four bytes, the highest first. */
function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, 4 * index))
  return bytes
}

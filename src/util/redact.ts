import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byteFinder } from './find-bytes.ts'
import { formsOf } from './find-secrets.ts'

/** Replaces secrets by `[redacted:NAME]`. */
export interface Redactor {
  /** Whether there is nothing to be redacted at all. */
  isIdle: boolean
  text(text: string): string
  bytes(bytes: Buffer): Buffer
  /** A value is also found where it crosses chunks. The result does not depend on how the input is cut. */
  stream(): Transform
  /** Rewrites a regular file in place, atomically; one without a secret is not touched. Links are not followed: throws. */
  file(path: string): Promise<void>
  /** Names of the values that are too short (under 8 characters) to be redacted. */
  tooShort: string[]
}

/**
 * A redactor for values by their names. Where places of several values overlap, all of it goes, under the name of the one
 * that starts first (the longer one of two that start at the same place). White space around a value is not part of it.
 */
export function redactor(secrets: Readonly<Record<string, string>>): Redactor {
  const { forms, tooShort } = formsOf(secrets)
  const all = forms.map(({ name, bytes }) => ({ bytes, label: Buffer.from(`[redacted:${name}]`) }))
  const finder = byteFinder(all.map(form => form.bytes))

  function openScan(): Scan {
    let rest = Buffer.alloc(0)
    /** So many bytes at the start of `rest` belong to a value that is already replaced. */
    let covered = 0
    let hits = 0
    const take = (data: Buffer, isLast: boolean): Buffer => {
      // What starts before this place has all of its bytes in `data`.
      const limit = isLast ? data.length : data.length - finder.longest + 1
      const pieces: Buffer[] = []
      let from = covered
      finder.find(data, limit, (start, index) => {
        const { bytes, label } = all[index] as { bytes: Buffer; label: Buffer }
        hits++
        if (start >= from) pieces.push(data.subarray(from, start), label)
        from = Math.max(from, start + bytes.length)
      })
      const cut = Math.max(0, limit)
      if (from < cut) pieces.push(data.subarray(from, cut))
      covered = Math.max(0, from - cut)
      rest = Buffer.from(data.subarray(cut))
      return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
    }
    return {
      push: chunk =>
        finder.longest === 0 ? chunk : take(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]), false),
      end: () => take(rest, true),
      hits: () => hits,
    }
  }

  function whole(data: Buffer): Buffer {
    const scan = openScan()
    const start = scan.push(data)
    const end = scan.end()
    return scan.hits() === 0 ? data : Buffer.concat([start, end])
  }

  return {
    isIdle: finder.longest === 0,
    text(text) {
      const data = Buffer.from(text)
      const redacted = whole(data)
      return redacted === data ? text : redacted.toString()
    },
    bytes: whole,
    stream: () => toTransform(openScan()),
    async file(path) {
      if (!(await lstat(path)).isFile())
        throw new Error(`${path} is not a regular file, so it cannot be redacted`)
      const scan = openScan()
      const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
      try {
        const { mode } = await lstat(path)
        await pipeline(
          createReadStream(path),
          toTransform(scan),
          createWriteStream(temporary, { flags: 'wx', mode }),
        )
        if (scan.hits() > 0) await rename(temporary, path)
      } finally {
        await rm(temporary, { force: true })
      }
    },
    tooShort,
  }
}

interface Scan {
  push(chunk: Buffer): Buffer
  end(): Buffer
  /** Places found so far. */
  hits(): number
}

function toTransform(scan: Scan): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, scan.push(chunk))
    },
    flush(done) {
      done(null, scan.end())
    },
  })
}

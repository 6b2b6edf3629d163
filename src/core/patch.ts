/** A line of a patch. `number` counts from 1, of a removed line in the old file, of any other in the new one. */
export interface PatchLine {
  kind: 'added' | 'removed' | 'context'
  number: number
  text: string
}

export interface PatchedFile {
  path: string
  change: 'added' | 'deleted' | 'modified'
  /** `100644`, `100755`, `120000` for a link; null where the patch does not say. */
  mode: string | null
  /** Empty for binary files, and for files that were not wanted. */
  lines: PatchLine[]
  /** Where its part of the patch begins and ends, in characters. */
  start: number
  end: number
}

/**
 * The files of a patch as git prints it without renames. Lines are kept of the files that `wanted` names: a patch may hold a
 * whole package folder. Never throws: what is no patch has no files.
 */
export function parsePatch(patch: string, wanted: (path: string) => boolean): PatchedFile[] {
  const files: PatchedFile[] = []
  let file: PatchedFile | null = null
  let keep = false
  let [oldLeft, newLeft, oldNumber, newNumber] = [0, 0, 0, 0]
  const add = (kind: PatchLine['kind'], number: number, text: string): void => {
    if (keep) file?.lines.push({ kind, number, text: text.endsWith('\r') ? text.slice(0, -1) : text })
  }

  for (let start = 0; start < patch.length;) {
    const found = patch.indexOf('\n', start)
    const end = found === -1 ? patch.length : found
    const sign = patch[start]
    if (oldLeft > 0 || newLeft > 0) {
      const text = keep ? patch.slice(start + 1, end) : ''
      if (sign === '+') {
        add('added', newNumber++, text)
        newLeft--
      } else if (sign === '-') {
        add('removed', oldNumber++, text)
        oldLeft--
      } else if (sign !== '\\') {
        add('context', newNumber++, text)
        oldNumber++
        oldLeft--
        newLeft--
      }
      start = end + 1
      continue
    }
    const line = patch.slice(start, Math.min(end, start + maxHeader))
    const begin = start
    start = end + 1
    if (line.startsWith('diff --git ')) {
      if (file !== null) file.end = begin
      file = {
        start: begin,
        end: patch.length,
        path: pathOf(line.slice('diff --git '.length)),
        change: 'modified',
        mode: null,
        lines: [],
      }
      files.push(file)
      keep = wanted(file.path)
    } else if (file !== null) {
      const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
      if (hunk) {
        oldNumber = Number(hunk[1])
        oldLeft = Number(hunk[2] ?? 1)
        newNumber = Number(hunk[3])
        newLeft = Number(hunk[4] ?? 1)
      } else readHeader(line, file)
    }
  }
  return files
}

/** Longer than any path can make a line of a header. */
const maxHeader = 20_000

function readHeader(line: string, file: PatchedFile): void {
  if (line.startsWith('new file mode ')) {
    file.change = 'added'
    file.mode = line.slice('new file mode '.length)
  } else if (line.startsWith('deleted file mode ')) file.change = 'deleted'
  else if (line.startsWith('new mode ')) file.mode = line.slice('new mode '.length)
  else file.mode = /^index [0-9a-f]+\.\.[0-9a-f]+ (\d+)$/.exec(line)?.[1] ?? file.mode
}

/** Of `a/PATH b/PATH`, or of both in quotes where the path holds odd characters. */
function pathOf(names: string): string {
  if (names.startsWith('"')) return unquote(/^"((?:[^"\\]|\\.)*)"/s.exec(names)?.[1] ?? '').slice(2)
  return names.slice(2, 2 + (names.length - 5) / 2)
}

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** git's C style: bytes in octal. */
function unquote(quoted: string): string {
  const bytes: number[] = []
  for (const [, octal, letter, plain] of quoted.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else if (letter !== undefined) bytes.push(escapes[letter] ?? letter.charCodeAt(0))
    else bytes.push(...Buffer.from(plain ?? ''))
  }
  return Buffer.from(bytes).toString('utf8')
}

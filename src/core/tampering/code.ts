import type { PatchedFile } from '../patch.ts'
import { languageOf, type Language, type Role } from './places.ts'

/** A line of a changed file as it is now; comments and the text of doc strings are taken out. */
export interface CodeLine {
  number: number
  text: string
  /** Written by the agent: not there before, and not moved from elsewhere in the patch. */
  added: boolean
}

/** What a patch shows of a source file. */
export interface CodeFile {
  path: string
  language: Language
  role: Role
  isNew: boolean
  lines: CodeLine[]
  /** The same with comments. */
  raw: CodeLine[]
}

/** Looks at a source file for one kind of sign. */
export interface Rule {
  kind: string
  explanation: string
  find(file: CodeFile): CodeLine[]
}

/** More than a person writes in a line. What stands behind is not looked at. */
const maxLine = 1_000

/** `removed`: trimmed lines that the patch takes away anywhere, so that moved code is not taken for new. */
export function toCode(file: PatchedFile, role: Role, removed: ReadonlySet<string>): CodeFile | null {
  const language = languageOf(file.path)
  if (language === null) return null
  const now = file.lines.filter(({ kind }) => kind !== 'removed')
  const strip = language === 'python' ? pythonStripper() : javascriptStripper()
  let last = 0
  const isNewLine = (kind: string, text: string): boolean => kind === 'added' && !removed.has(text.trim())
  const raw = now.map(({ kind, number, text }) => ({
    number,
    text: narrow(text),
    added: isNewLine(kind, text),
  }))
  const lines = raw.map(({ number, text, added }) => {
    // Between two hunks nothing is known: a comment that is open ends there.
    if (number !== last + 1) strip.reset()
    last = number
    return { number, text: strip.line(text).trimEnd(), added }
  })
  return { path: file.path, language, role, isNew: file.change === 'added', lines, raw }
}

/** A line without the blanks that push what follows out of sight. */
function narrow(text: string): string {
  return (text.length > maxLine ? text.replace(/[^\S\n]{40,}/g, ' '.repeat(40)) : text).slice(0, maxLine)
}

/** Added lines that match. */
export function matching({ lines }: CodeFile, pattern: RegExp): CodeLine[] {
  return lines.filter(({ added, text }) => added && pattern.test(text))
}

/** Added lines that match, each with the lines of its block below it. */
export function matchingBlocks(file: CodeFile, head: RegExp, body: RegExp): CodeLine[] {
  return file.lines.filter(
    (line, at) =>
      line.added &&
      head.test(line.text) &&
      (body.test(line.text) || blockBelow(file.lines, at).some(({ text }) => body.test(text))),
  )
}

const maxBlock = 12

/** The lines that are indented more than the one at `at`, as far as they follow it. */
export function blockBelow(lines: readonly CodeLine[], at: number): CodeLine[] {
  const depth = indentOf(lines[at]?.text ?? '')
  const block: CodeLine[] = []
  for (const line of lines.slice(at + 1, at + 1 + maxBlock)) {
    if (line.text === '') continue
    if (indentOf(line.text) <= depth) break
    block.push(line)
  }
  return block
}

function indentOf(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0
}

interface Stripper {
  line(text: string): string
  reset(): void
}

function javascriptStripper(): Stripper {
  let inside = false
  return {
    reset: () => (inside = false),
    line(text) {
      const rest = inside ? (text.includes('*/') ? text.slice(text.indexOf('*/') + 2) : null) : text
      if (rest === null) return ''
      const plain = rest.replace(/\/\*(?:[^*]|\*(?!\/))*\*\//g, ' ')
      const opening = /^\s*\/\*|\s\/\*/.exec(plain)
      inside = opening !== null
      return (opening ? plain.slice(0, opening.index) : plain)
        .replace(/(^|\s)\/\/.*$/, '$1')
        .replace(/^\s*\*.*$/, '')
    },
  }
}

function pythonStripper(): Stripper {
  let quote: string | null = null
  return {
    reset: () => (quote = null),
    line(text) {
      let rest = text
      let kept = ''
      for (;;) {
        if (quote !== null) {
          const end = rest.indexOf(quote)
          if (end === -1) return kept
          rest = rest.slice(end + 3)
          quote = null
        }
        const opening = /"""|'''/.exec(rest)
        if (!opening) return (kept + rest).replace(/(^|\s)#.*$/, '$1')
        kept += rest.slice(0, opening.index)
        quote = opening[0]
        rest = rest.slice(opening.index + 3)
      }
    },
  }
}

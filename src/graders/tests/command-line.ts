import type { Command } from '../../model/suite.ts'

/** Puts `words` in the place of `count` words from `at` on. */
export interface Edit {
  at: number
  count: number
  words: readonly string[]
}

/** A command that can be read word by word and changed at a word, be it a shell line or a list. */
export interface CommandLine {
  words: string[]
  /** Words of a shell line may set variables in front: `CI=1 npx jest`. */
  isShellLine: boolean
  /** The command with words replaced; the rest stays as it is written. Edits go from left to right and do not overlap. */
  edit(edits: readonly Edit[]): Command
}

interface Word {
  text: string
  start: number
  end: number
}

/** Reads a command. Null for a shell line that is more than one simple command (`a && b`, a pipe, a redirection, `$(…)`). */
export function readCommand(command: Command): CommandLine | null {
  if (typeof command !== 'string') {
    const edit: CommandLine['edit'] = edits =>
      edits.reduceRight((words, { at, count, words: added }) => words.toSpliced(at, count, ...added), command)
    return { words: command, isShellLine: false, edit }
  }
  const words = splitShellLine(command)
  if (!words) return null
  const edit: CommandLine['edit'] = edits =>
    edits.reduceRight((line, change) => editLine(line, words, change), command)
  return { words: words.map(word => word.text), isShellLine: true, edit }
}

/** Puts a word between quotes so that a shell takes it as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** `words` say where the words of the original line are; what stands right of the edit may have changed already. */
function editLine(line: string, words: readonly Word[], { at, count, words: added }: Edit): string {
  const from = words[at]?.start ?? line.length
  const to = count === 0 ? from : (words[at + count - 1]?.end ?? line.length)
  const parts = [line.slice(0, from).trimEnd(), ...added.map(quote), line.slice(to).trimStart()]
  return parts.filter(part => part !== '').join(' ')
}

function splitShellLine(line: string): Word[] | null {
  const words: Word[] = []
  // One word a match: bare characters, escapes and quoted parts in any mixture. What else may stand is white space.
  const word = /(?:[^\s'"\\|&;<>()`#]|#|\\[^\n]|'[^']*'|"(?:[^"\\`]|\\[^])*")+/y
  let at = 0
  for (;;) {
    at += /^[ \t]*/.exec(line.slice(at))?.[0].length ?? 0
    if (at >= line.length) return words
    word.lastIndex = at
    const found = word.exec(line)?.[0]
    if (found === undefined || found.startsWith('#') || found.includes('$(')) return null
    words.push({ text: unquote(found), start: at, end: at + found.length })
    at += found.length
  }
}

function unquote(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g, (_whole, single, double, escaped) => {
    if (single !== undefined) return String(single)
    if (double !== undefined) return String(double).replace(/\\([\\"$`])/g, '$1')
    return String(escaped)
  })
}

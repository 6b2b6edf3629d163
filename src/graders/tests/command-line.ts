import type { Command } from '../../model/suite.ts'

/** A command that can be read word by word and changed at a word, be it a shell line or a list. */
export interface CommandLine {
  words: string[]
  /** Words of a shell line may set variables in front: `CI=1 npx jest`. */
  isShellLine: boolean
  /** Replaces `count` words from `at` by others, and leaves the rest as it is written. */
  splice(at: number, count: number, words: readonly string[]): Command
}

interface Word {
  text: string
  start: number
  end: number
}

/** Reads a command. Null for a shell line that is more than one simple command (`a && b`, a pipe, a redirection, `$(…)`). */
export function readCommand(command: Command): CommandLine | null {
  if (typeof command !== 'string') {
    return {
      words: command,
      isShellLine: false,
      splice: (at, count, words) => command.toSpliced(at, count, ...words),
    }
  }
  const words = splitShellLine(command)
  return words && { words: words.map(word => word.text), isShellLine: true, splice: splicer(command, words) }
}

/** Puts a word between quotes so that a shell takes it as it is. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function splicer(line: string, words: readonly Word[]): CommandLine['splice'] {
  return (at, count, added) => {
    const from = words[at]?.start ?? line.length
    const to = count === 0 ? from : (words[at + count - 1]?.end ?? line.length)
    const before = line.slice(0, from)
    const gap = before === '' || /\s$/.test(before) ? '' : ' '
    const text = added.map(quote).join(' ')
    const after = line.slice(to)
    return `${before}${gap}${text}${after === '' || /^\s/.test(after) ? '' : ' '}${after}`.trimEnd()
  }
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

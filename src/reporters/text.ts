import { stripVTControlCharacters } from 'node:util'

/**
 * Text from outside (agents, graders, git, task names) made harmless for a terminal and for CI logs: escape sequences are
 * taken out, other control and text-direction characters become visible, and nothing is left that a CI runner would take
 * for a command of its own ("::error::", "##[group]"). Line breaks stay; tabs become two spaces.
 */
export function safeText(text: string): string {
  return defuseRunnerCommands(visibleControls(text))
}

/** Like `safeText`, for formats that no CI runner reads line by line. */
export function visibleControls(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', '  ')
    .replaceAll(invisible, character => {
      const code = character.codePointAt(0) ?? 0
      // U+2400 to U+2420 are pictures of the C0 control characters.
      return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `\\u${code.toString(16).padStart(4, '0')}`
    })
}

/** First line that is not empty, safe for a terminal; '' if there is none. */
export function firstLine(text: string): string {
  const lines = safeText(text).split('\n')
  return lines.find(line => line.trim() !== '')?.trim() ?? ''
}

/** Columns that a text takes up in a terminal. Must hold no escape sequence. */
export function displayWidth(text: string): number {
  return [...text].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0)
}

/** Shortens to a number of columns by cutting in the middle, for names whose both ends tell something. */
export function cutMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  const tail = Math.floor((columns - 1) / 2)
  return `${takeColumns(text, columns - 1 - tail)}…${takeColumnsFromEnd(text, tail)}`
}

/** Shortens to a number of columns by cutting the end. */
export function cutEnd(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : `${takeColumns(text, columns - 1)}…`
}

/**
 * Where a line may be broken: not between a number and its percent sign or what it counts ("25 points", "(n 30)"), nor within
 * "5/5 -> 1/5".
 */
const breaks = /(?<!->|\(n)(?<!\d(?= [a-z])) (?!%|->)/

/** Breaks a line at spaces so that no line is wider than `columns`; a single longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(breaks)) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Control characters but the line feed, and characters that reorder or hide text. */
const invisible =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const wide =
  /[\p{Extended_Pictographic}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u

function defuseRunnerCommands(text: string): string {
  return text.replaceAll(/^([ \t]*):(?=:)/gm, '$1: ').replaceAll(/##(?=(vso|teamcity)?\[)/g, '# #')
}

function takeColumns(text: string, columns: number): string {
  let taken = ''
  let used = 0
  for (const character of text) {
    used += displayWidth(character)
    if (used > columns) break
    taken += character
  }
  return taken
}

function takeColumnsFromEnd(text: string, columns: number): string {
  return [...takeColumns([...text].toReversed().join(''), columns)].toReversed().join('')
}

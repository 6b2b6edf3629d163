import { parseEvents, YAMLException, type Event } from 'js-yaml'
import { compose, limits, type Composed } from './compose.ts'
import type { Mistakes } from './mistakes.ts'
import { decode, type TextFile } from './text-file.ts'

/** A YAML file, read. */
export type YamlFile = TextFile & Composed

export const largestFileBytes = 5_000_000
/** Keeps memory small for files that are all brackets and commas. Dense, hand-made suites of the largest size stay below. */
const mostSigns = 600_000

/**
 * Reads YAML 1.2, core schema: one document, unique keys, no other tags than those of the schema, a few aliases. Null where
 * the file cannot be looked at any further; the reason is among the mistakes. Never throws for what is in the file.
 */
export function readYaml(
  names: { path: string; shown: string },
  bytes: Uint8Array,
  mistakes: Mistakes,
): YamlFile | null {
  const decoded = decode(bytes)
  const file: TextFile = { ...names, text: decoded.text }
  if ('problem' in decoded) {
    mistakes.add(
      file,
      () => decoded.offset,
      () => decoded.problem,
    )
    return null
  }
  if (countSigns(file.text) > mostSigns) {
    mistakes.add(
      file,
      () => 0,
      () => `more than ${mostSigns.toLocaleString('en')} lines and values: split the file`,
    )
    return null
  }
  const events = parse(file, mistakes)
  if (!events) return null
  if (events.length === 0) {
    mistakes.add(
      file,
      () => 0,
      () => 'the file is empty',
    )
    return null
  }
  const composed = compose(file, events, (offset, message) => mistakes.add(file, () => offset, message))
  return composed && { ...file, ...composed }
}

function parse(file: TextFile, mistakes: Mistakes): Event[] | null {
  try {
    const events = parseEvents(file.text, { maxDepth: limits.depth })
    const directive = /^%TAG.*/m.exec(file.text)
    const [document] = events
    if (
      directive &&
      document &&
      'directives' in document &&
      document.directives.some(({ kind }) => kind === 'tag')
    ) {
      mistakes.add(
        file,
        () => directive.index,
        () => "tags of one's own are not supported: remove the directive",
      )
      return null
    }
    return events
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const offset = Math.min(error.mark?.position ?? 0, file.text.length)
    mistakes.add(
      file,
      () => offset,
      () => explain(error.reason, file.text[offset] ?? ''),
    )
    return null
  }
}

/** What the parser says, with what to do about it where that is not plain. */
function explain(reason: string, sign: string): string {
  if (reason.startsWith('tab characters')) return 'a tab is used for indentation: use spaces'
  if (reason.startsWith('nesting exceeded')) return `nested more than ${limits.depth} levels deep`
  if (reason.startsWith('deficient indentation')) {
    return 'not valid YAML: a bracket or quote above is not closed, or this line is not indented enough'
  }
  if (reason.startsWith('bad indentation')) {
    if (/[@`%]/.test(sign)) return `not valid YAML: a text cannot begin with "${sign}": put it in quotes`
    if (sign === ':')
      return 'not valid YAML: a key where none can stand: put a text with ": " in quotes, or mend the indentation'
    return `not valid YAML: ${reason}`
  }
  return `not valid YAML: ${reason}`
}

/** At least as many as a third of the parser's events, found without parsing. */
function countSigns(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    // line feed, carriage return, comma, colon, [, {
    if (code === 10 || code === 13 || code === 44 || code === 58 || code === 91 || code === 123) count++
  }
  return count
}

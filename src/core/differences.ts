import { formatDuration } from '../util/duration.ts'
import { canonicalJson } from '../util/json.ts'
import { formatBytes } from '../util/quantity.ts'

/** Values that are longer are only said to have changed. */
const shownCharacters = 60

/** Keys that suites spell otherwise than we do, and how their values are written there. */
const spelled: Record<string, [name: string, write: (value: number) => string]> = {
  timeoutMs: ['timeout', formatDuration],
  memoryBytes: ['memory', formatBytes],
}

/** In a suite the settings of harnesses and graders stand beside their type. */
const unsaid = 'config'

/**
 * Where two JSON values differ, one line each, in the words of suites: `limits.timeout: 30s -> 5s`. Files held in memory and long texts are
 * only said to be changed, added or removed. Empty for equal values.
 */
export function differences(base: unknown, head: unknown): string[] {
  return differencesAt([], base, head)
}

function differencesAt(way: readonly string[], base: unknown, head: unknown): string[] {
  if (canonicalJson(base ?? null) === canonicalJson(head ?? null)) return []
  if (isRecord(base) && isRecord(head) && !isFile(base) && !isFile(head)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(head)])].toSorted()
    return keys.flatMap(key => differencesAt([...way, key], own(base, key), own(head, key)))
  }
  const name = way.length === 0 ? '' : `${way.reduce(step, '')}: `
  const write = spellingOf(way.at(-1) ?? '')?.[1]
  const [before, after] = [shown(base, write), shown(head, write)]
  if (base === undefined) return [`${name}added${after === null ? '' : `, ${after}`}`]
  if (head === undefined) return [`${name}removed${before === null ? '' : `, ${before}`}`]
  return [before === null || after === null ? `${name}changed` : `${name}${before} -> ${after}`]
}

function spellingOf(key: string): (typeof spelled)[string] | undefined {
  return Object.hasOwn(spelled, key) ? spelled[key] : undefined
}

/** `limits.timeout`, `context[AGENTS.md]` */
function step(path: string, internal: string): string {
  if (internal === unsaid && /^(harness|graders[.[].*)$/.test(path)) return path
  const key = spellingOf(internal)?.[0] ?? internal
  if (!/^[\w-]+$/.test(key)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/** Null for what is too long, or too deep, to be read in a line. */
function shown(value: unknown, write?: (value: number) => string): string | null {
  if (write && typeof value === 'number') return write(value)
  if (isRecord(value)) return null
  const text = value === null || value === undefined ? 'not set' : JSON.stringify(value)
  return text.length > shownCharacters || text.includes('\\n') ? null : text
}

function isFile(value: Record<string, unknown>): boolean {
  return typeof value['encoding'] === 'string' && typeof value['data'] === 'string'
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { canonicalJson } from '../util/json.ts'

/** Values that are longer are only said to have changed. */
const shownCharacters = 60

/**
 * Where two JSON values differ, one line each: `limits.timeoutMs: 30000 -> 5000`. Files held in memory and long texts are
 * only said to be changed, added or removed. Empty for equal values.
 */
export function differences(base: unknown, head: unknown, path = ''): string[] {
  if (canonicalJson(base ?? null) === canonicalJson(head ?? null)) return []
  if (isRecord(base) && isRecord(head) && !isFile(base) && !isFile(head)) {
    const keys = [...new Set([...Object.keys(base), ...Object.keys(head)])].toSorted()
    return keys.flatMap(key => differences(own(base, key), own(head, key), step(path, key)))
  }
  const name = path === '' ? '' : `${path}: `
  const [before, after] = [shown(base), shown(head)]
  if (base === undefined) return [`${name}added${after === null ? '' : `, ${after}`}`]
  if (head === undefined) return [`${name}removed${before === null ? '' : `, ${before}`}`]
  return [before === null || after === null ? `${name}changed` : `${name}${before} -> ${after}`]
}

/** `limits.timeoutMs`, `context[AGENTS.md]` */
function step(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/** Null for what is too long, or too deep, to be read in a line. */
function shown(value: unknown): string | null {
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

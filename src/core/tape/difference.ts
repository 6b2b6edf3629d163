import { objectOf } from '../../util/loose.ts'

/** So many places are told, and so many characters around the first that differs. */
const mostPlaces = 3
const before = 24
const after = 48

/** Where two normalised requests differ, for people: a line for each place, the first few. Empty if they are equal. */
export function differences(recorded: unknown, now: unknown): string[] {
  const lines: string[] = []
  compare(recorded, now, '', lines)
  return lines.slice(0, mostPlaces)
}

function compare(recorded: unknown, now: unknown, place: string, lines: string[]): void {
  if (lines.length >= mostPlaces || Object.is(recorded, now)) return
  const where = place === '' ? 'the request' : place
  if (Array.isArray(recorded) && Array.isArray(now)) {
    const shared = Math.min(recorded.length, now.length)
    for (let i = 0; i < shared; i++) compare(recorded[i], now[i], `${place}[${i}]`, lines)
    if (recorded.length !== now.length) {
      const extra = (recorded.length > now.length ? recorded : now)[shared]
      lines.push(
        `${where} has ${now.length} entries, recorded ${recorded.length}: ${quoted(extra, show(extra), 0)}`,
      )
    }
  } else if (isPlain(recorded) && isPlain(now)) {
    const [a, b] = [objectOf(recorded), objectOf(now)]
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      compare(a[key], b[key], place === '' ? key : `${place}.${key}`, lines)
  } else {
    const [a, b] = [show(recorded), show(now)]
    const at = firstDifference(a, b)
    lines.push(`${where}: recorded ${quoted(recorded, a, at)}, now ${quoted(now, b, at)}`)
  }
}

function isPlain(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

/** Of a string it shows that it is one. */
function quoted(value: unknown, text: string, at: number): string {
  const from = Math.max(0, at - before)
  const to = at + after
  const shown = `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`
  return typeof value === 'string' ? JSON.stringify(shown) : shown
}

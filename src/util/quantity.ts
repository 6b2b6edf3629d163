import { z } from 'zod'

const bytesOf: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 }
/** A size as people write it, in bytes. */
export const byteSize = z
  .string({ error: 'expected a size such as 500MB or 4GB' })
  .transform((text, context) => {
    const bytes = parseBytes(text)
    if (bytes !== null) return bytes
    context.addIssue({ code: 'custom', message: `expected a size such as 500MB or 4GB, got "${text}"` })
    return z.NEVER
  })

const msOf: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** "20GB", "500 MB", "0B" in bytes (1 kB = 1000 bytes); null for anything else. */
export function parseBytes(text: string): number | null {
  return parse(text, /^(\d+(?:\.\d+)?)\s*([kmgt]?b)$/i, bytesOf)
}

/** "30d", "2w", "12h", "90m" in milliseconds; null for anything else. */
export function parseAge(text: string): number | null {
  return parse(text, /^(\d+(?:\.\d+)?)\s*([mhdw])$/i, msOf)
}

/** Bytes for people: "0 B", "940 kB", "1.2 GB". */
export function formatBytes(bytes: number): string {
  const [name, size] = (
    [
      ['TB', 1e12],
      ['GB', 1e9],
      ['MB', 1e6],
      ['kB', 1e3],
    ] as const
  ).find(([, size]) => bytes >= size) ?? ['B', 1]
  const value = bytes / size
  return `${value < 10 && size > 1 ? value.toFixed(1) : Math.round(value)} ${name}`
}

/** How long ago something was, roughly: "just now", "5 minutes ago", "3 days ago". */
export function formatAge(ms: number): string {
  const [name, size] = (
    [
      ['day', msOf['d'] ?? 1],
      ['hour', msOf['h'] ?? 1],
      ['minute', msOf['m'] ?? 1],
    ] as const
  ).find(([, size]) => ms >= size) ?? ['', 1]
  if (name === '') return 'just now'
  const value = Math.floor(ms / size)
  return `${value} ${name}${value === 1 ? '' : 's'} ago`
}

function parse(text: string, pattern: RegExp, units: Record<string, number>): number | null {
  const [, amount, unit] = pattern.exec(text.trim()) ?? []
  const size = units[unit?.toLowerCase() ?? '']
  return size === undefined ? null : Math.round(Number(amount) * size)
}

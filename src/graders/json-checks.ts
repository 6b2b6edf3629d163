import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { regex, regexMatches, showRegex } from '../util/regex.ts'
import { shorten, visible } from '../util/visible.ts'
import type { Check } from './checks.ts'
import { lookUp, parseJsonPath } from './json-path.ts'

const Matches = z.strictObject({ matches: regex })
const Exists = z.strictObject({ exists: z.boolean() })

/**
 * What is expected at paths of a JSON file: a value, or `{ matches: regex }`, or `{ exists: true }`. An object with one of
 * these as its only key is never a value.
 */
export const JsonExpectations = z.record(z.string(), z.unknown()).superRefine((entries, context) => {
  for (const [path, expected] of Object.entries(entries)) {
    const parsed = parseJsonPath(path)
    if (typeof parsed === 'string') context.addIssue({ code: 'custom', path: [path], message: parsed })
    for (const issue of mistakesIn(expected)) {
      context.addIssue({ code: 'custom', path: [path, ...issue.path], message: issue.message })
    }
  }
})
export type JsonExpectations = z.infer<typeof JsonExpectations>

/** Parsed JSON, or why there is none. */
export type Parsed = { value: unknown } | { error: string }

/** Compares a file with what is expected at each of its paths. */
export function checkJson(file: string, expectations: JsonExpectations, parsed: Parsed): Check[] {
  return Object.entries(expectations).map(([path, expected]) => {
    const { what, holds } = reading(expected)
    const claim = `${file}: ${path} ${what}`
    if ('error' in parsed) return { claim, holds: false, found: parsed.error }
    const steps = parseJsonPath(path)
    const there = typeof steps === 'string' ? null : lookUp(parsed.value, steps)
    if (holds(there)) return { claim, holds: true }
    return {
      claim,
      holds: false,
      found: there === null ? 'there is no such value' : `it is ${quoted(there.value)}`,
    }
  })
}

/** JSON on one line, cut where it is long. */
export function quoted(value: unknown): string {
  return visible(shorten(JSON.stringify(value), 200))
}

function mistakesIn(expected: unknown): z.core.$ZodIssue[] {
  const keys = typeof expected === 'object' && expected !== null ? Object.keys(expected) : []
  const special = { matches: Matches, exists: Exists }[keys.length === 1 ? String(keys[0]) : '']
  return special?.safeParse(expected).error?.issues ?? []
}

interface Reading {
  what: string
  /** Null stands for a value that is not there. */
  holds: (there: { value: unknown } | null) => boolean
}

function reading(expected: unknown): Reading {
  const exists = Exists.safeParse(expected)
  if (exists.success) {
    const wanted = exists.data.exists
    return { what: wanted ? 'exists' : 'is absent', holds: there => (there !== null) === wanted }
  }
  const matches = Matches.safeParse(expected)
  if (matches.success) {
    const wanted = matches.data.matches
    return {
      what: `matches ${showRegex(wanted)}`,
      holds: there =>
        there !== null &&
        regexMatches(wanted, typeof there.value === 'string' ? there.value : JSON.stringify(there.value)),
    }
  }
  return {
    what: `is ${quoted(expected)}`,
    holds: there => there !== null && isDeepStrictEqual(there.value, expected),
  }
}

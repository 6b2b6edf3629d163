import { z } from 'zod'
import { didYouMean } from '../util/nearest.ts'
import { descriptionOf, isMapping, keysOf, schemasAt, type JsonSchema } from './guide.ts'
import type { Mistakes } from './mistakes.ts'
import { blameKey, blameValue, inside, isThere, valueAt, type Spot } from './spot.ts'
import { quoted, typeName, words } from './words.ts'

/** What checking a file needs besides its schema. */
export interface Checking {
  mistakes: Mistakes
  /** JSON Schema of the whole file, for the names that a message suggests. Made only when there is something to say. */
  guide: () => JsonSchema
}

/** Zod's reports of very many mistakes take much memory, so that what cannot be meant is not looked at. */
const mostValues = 20_000

/** Checks what stands at a place against its schema, and tells every mistake. Undefined if there was one. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  spot: Spot,
  checking: Checking,
): z.output<Schema> | undefined {
  const value = valueAt(spot)
  if (isTooLarge(value, spot, checking, [])) return undefined
  const parsed = schema.safeParse(value, { error: words })
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) tell(issue, spot, checking)
  return undefined
}

/**
 * The same for a mapping; its keys that are as they should be are given back, so that they can be looked at further. What
 * is below the keys `apart` may be of any size: somebody else checks it. Null for what is no mapping or far too large.
 */
export function checkMapping<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  spot: Spot,
  checking: Checking,
  apart: readonly string[] = [],
): Partial<z.output<z.ZodObject<Shape>>> | null {
  const value = valueAt(spot)
  if (isTooLarge(value, spot, checking, apart)) return null
  const parsed = schema.safeParse(value, { error: words })
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) tell(issue, spot, checking)
  return isMapping(value) ? (salvage(schema, value) as Partial<z.output<z.ZodObject<Shape>>>) : null
}

function isTooLarge(value: unknown, spot: Spot, { mistakes }: Checking, apart: readonly string[]): boolean {
  let left = mostValues
  const count = (part: unknown): void => {
    if (left < 0 || --left < 0 || typeof part !== 'object' || part === null) return
    if (Array.isArray(part)) for (const item of part) count(item)
    else
      for (const key of Object.keys(part))
        if (part !== value || !apart.includes(key)) count((part as Record<string, unknown>)[key])
  }
  count(value)
  if (left >= 0) return false
  blameValue(
    mistakes,
    spot,
    () => `too large: more than ${mostValues.toLocaleString('en')} values belong to it`,
  )
  return true
}

/** What is right within a value that as a whole is wrong: mappings without their wrong keys. */
function salvage(schema: z.core.$ZodType, value: unknown): unknown {
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return parsed.data
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return salvage(schema.unwrap(), value)
  }
  if (!isMapping(value)) return undefined
  if (schema instanceof z.ZodObject) {
    return defined(
      Object.entries<z.core.$ZodType>(schema.shape).map(([key, part]) => [key, salvage(part, value[key])]),
    )
  }
  if (schema instanceof z.ZodRecord) {
    const { keyType, valueType } = schema
    const entries = Object.entries(value).filter(([key]) => z.safeParse(keyType, key).success)
    return defined(entries.map(([key, part]) => [key, salvage(valueType, part)]))
  }
  return undefined
}

function defined(entries: [string, unknown][]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function tell(issue: z.core.$ZodIssue, base: Spot, checking: Checking): void {
  const { mistakes } = checking
  const spot = inside(base, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step)))
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      blameKey(mistakes, inside(spot, key), () => `unknown key ${quoted(key)}${suggest(key, spot, checking)}`)
    }
  } else if (!isThere(spot)) {
    blameKey(mistakes, spot, () => missing(spot, issue, checking))
  } else if (issue.code === 'invalid_union') {
    tellUnion(issue, spot, checking)
  } else if (issue.code === 'invalid_key') {
    blameKey(mistakes, spot, () => issue.issues[0]?.message ?? issue.message)
  } else {
    blameValue(mistakes, spot, () => issue.message)
  }
}

/** Of the alternatives that fit the kind of the value, the one with the fewest mistakes is taken for the one that is meant. */
function tellUnion(issue: z.core.$ZodIssueInvalidUnion, spot: Spot, checking: Checking): void {
  const meant = issue.errors
    .filter(issues => !issues.some(inner => isOfOtherKind(inner, valueAt(spot))))
    .toSorted((a, b) => a.length - b.length)[0]
  if (meant) {
    for (const inner of meant) tell(inner, spot, checking)
    return
  }
  blameValue(checking.mistakes, spot, () => {
    if (issue.message !== 'Invalid input') return issue.message
    const kinds = issue.errors.flatMap(issues =>
      issues.flatMap(inner => ('expected' in inner ? [typeName(inner.expected)] : [])),
    )
    const first = issue.errors[0]?.[0]?.message ?? issue.message
    return first.replace(/^expected .*?, got/, `expected ${[...new Set(kinds)].join(' or ')}, got`)
  })
}

/** Whether an alternative is of another kind than the value: one of some words, say, where a mapping stands. */
function isOfOtherKind(issue: z.core.$ZodIssue, value: unknown): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_type') return true
  return issue.code === 'invalid_value' && issue.values.every(each => typeof each !== typeof value)
}

function missing(spot: Spot, issue: z.core.$ZodIssue, checking: Checking): string {
  const parent = { ...spot, path: spot.path.slice(0, -1) }
  const key = String(spot.path.at(-1))
  const description = descriptionOf(schemasAt(checking.guide(), spot.file.value, parent.path), key)
  return `missing key "${key}": ${description ?? ('expected' in issue ? typeName(issue.expected) : issue.message)}`
}

function suggest(key: string, spot: Spot, checking: Checking): string {
  if (key === '<<') return ' (YAML 1.2 has no merge keys: use "extends" for setups)'
  const names = keysOf(schemasAt(checking.guide(), spot.file.value, spot.path))
  return didYouMean(key, names)
}

import type { z } from 'zod'
import { didYouMean } from '../util/nearest.ts'
import { shorten, visible } from '../util/visible.ts'

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'nothing',
}

/** A value as messages name it: short, and without anything that could act on a terminal. */
export function found(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return `the number ${Number.isNaN(value) ? '.nan' : String(value)}`
  if (typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return typeof value === 'object' && Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping'
}

/** A text in quotes, cut to a readable length, with every character escaped that does not show. */
export function quoted(text: string): string {
  return visible(JSON.stringify(shorten(text, 60)))
}

/** Names of zod's types as a user of YAML knows them. */
export function typeName(expected: string): string {
  return typeNames[expected] ?? expected
}

/** Error map: words for what zod finds wrong, where the schema has none of its own. */
export function words(issue: z.core.$ZodRawIssue): string | undefined {
  const got = found(issue.input)
  switch (issue.code) {
    case 'invalid_type': {
      const isUnquoted = issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input)
      return `expected ${typeName(issue.expected)}, got ${got}${isUnquoted ? ': put it in quotes' : ''}`
    }
    case 'invalid_value': {
      const choice = issue.values.map(value => (typeof value === 'string' ? `"${value}"` : String(value)))
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, issue.values.map(String)) : ''
      return `expected ${choice.length > 1 ? 'one of ' : ''}${choice.join(', ')}, got ${got}${hint.includes('known:') ? '' : hint}`
    }
    case 'too_small':
      return `expected ${least(issue.origin, Number(issue.minimum), issue.inclusive ?? true)}, got ${got}`
    case 'too_big':
      return `expected ${most(issue.origin, Number(issue.maximum), issue.inclusive ?? true)}, got ${got}`
    case 'invalid_format':
      return issue.format === 'regex'
        ? `expected a text that matches ${String(issue.pattern)}, got ${got}`
        : `expected a text in the format "${issue.format}", got ${got}`
    default:
      return undefined
  }
}

function least(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === 'string')
    return minimum === 1 ? 'a text that is not empty' : `at least ${minimum} characters`
  if (origin === 'number' || origin === 'int')
    return `a number ${inclusive ? `of at least ${minimum}` : `above ${minimum}`}`
  return `at least ${minimum === 1 ? 'one entry' : `${minimum} entries`}`
}

function most(origin: string, maximum: number, inclusive: boolean): string {
  if (origin === 'string') return `at most ${maximum} characters`
  if (origin === 'number' || origin === 'int')
    return `a number ${inclusive ? `of at most ${maximum}` : `below ${maximum}`}`
  return `at most ${maximum} ${maximum === 1 ? 'entry' : 'entries'}`
}

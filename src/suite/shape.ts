import type { z } from 'zod'
import { didYouMean } from '../util/nearest.ts'
import type { Mistakes } from './mistakes.ts'
import type { Path, YamlFile } from './yaml.ts'

type Issue = z.core.$ZodIssue

/** Reads the part of a file at `path` by its schema. Null, with the mistakes told at their places, if it does not fit. */
export function readShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
  file: YamlFile,
  path: Path,
  mistakes: Mistakes,
): T | null {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) tell(issue, schema, file, path, mistakes)
  return null
}

function tell(issue: Issue, schema: z.ZodType, file: YamlFile, base: Path, mistakes: Mistakes): void {
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path)
    for (const key of issue.keys) {
      const hint = didYouMean(key, known) || (known.length > 0 ? `, known: ${known.join(', ')}` : '')
      mistakes.add(file.path, file.place(path, key), `unknown key "${key}"${hint}`)
    }
  } else if (issue.code === 'invalid_union') {
    const branch = likeliest(issue.errors)
    if (branch)
      for (const inner of branch)
        tell({ ...inner, path: [...issue.path, ...inner.path] } as Issue, schema, file, base, mistakes)
    else
      mistakes.add(
        file.path,
        file.place(path),
        `${nameOf(issue, path)}expected ${alternatives(issue.errors)}${got(issue)}`,
      )
  } else if (issue.code === 'invalid_key') {
    const [first] = issue.issues
    mistakes.add(
      file.path,
      file.place(path.slice(0, -1), path.at(-1)),
      `"${String(path.at(-1))}": ${first?.message ?? 'not allowed here'}`,
    )
  } else {
    mistakes.add(file.path, file.place(path), `${nameOf(issue, path)}${wordsOf(issue)}`)
  }
}

/** A missing key is told where its parent stands, so it has to be named. */
function nameOf(issue: Issue, path: Path): string {
  const last = path.at(-1)
  return typeof last === 'string'
    ? `${issue.input === undefined ? `"${last}" is missing: ` : `${last}: `}`
    : ''
}

function got(issue: Issue): string {
  return issue.input === undefined ? '' : `, got ${describe(issue.input)}`
}

function wordsOf(issue: Issue): string {
  const ownWords = !/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)
  if (ownWords) return issue.message
  const given = got(issue)
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${typeName(issue.expected)}${given}`
    case 'invalid_value': {
      const known = issue.values.map(String)
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, known) : ''
      return `expected ${known.length === 1 ? known[0] : `one of ${known.join(', ')}`}${given}${hint}`
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `expected a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}${given}`
        : `expected at least ${issue.minimum} ${issue.origin === 'string' ? 'characters' : 'entries'}${given}`
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `expected a number of at most ${issue.maximum}${given}`
        : `expected at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}${given}`
    default:
      return `${issue.message}${given}`
  }
}

/** The branch that the value was meant for: the one whose mistakes lie inside of it. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const inside = branches.filter(issues =>
    issues.every(issue => !(issue.path.length === 0 && isWrongKind(issue))),
  )
  return inside.toSorted((a, b) => a.length - b.length)[0] ?? null
}

function isWrongKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function alternatives(branches: readonly (readonly Issue[])[]): string {
  const kinds = branches.flatMap(issues =>
    issues.flatMap(issue =>
      issue.code === 'invalid_type' && issue.path.length === 0 ? [typeName(issue.expected)] : [],
    ),
  )
  return [...new Set(kinds)].join(' or ') || 'another value'
}

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
}

function typeName(expected: string): string {
  return typeNames[expected] ?? expected
}

function describe(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'string')
    return value === '' ? 'an empty text' : `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`
  return String(value)
}

interface Shaped {
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  valueType?: z.ZodType
  options?: z.ZodType[]
  unwrap?: () => z.ZodType
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  const here = unwrapped(schema)
  const [step, ...rest] = path
  if (step === undefined) return here.flatMap(each => Object.keys((each as Shaped).shape ?? {}))
  return here.flatMap(each => {
    const { shape, element, valueType } = each as Shaped
    const next = shape?.[String(step)] ?? (typeof step === 'number' ? element : valueType)
    return next ? keysAt(next, rest) : []
  })
}

/** Without `optional`, `nullable` and the like; all branches of a union. */
function unwrapped(schema: z.ZodType): z.ZodType[] {
  const { options, unwrap } = schema as Shaped
  if (options) return options.flatMap(unwrapped)
  return typeof unwrap === 'function' && !(schema as Shaped).shape && !(schema as Shaped).element
    ? unwrapped(unwrap.call(schema))
    : [schema]
}

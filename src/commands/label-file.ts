import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { z } from 'zod'
import type { HumanLabel } from '../core/calibrate.ts'
import { UserError } from '../errors.ts'
import type { Io } from './io.ts'

const words: Record<string, boolean> = {
  pass: true,
  true: true,
  yes: true,
  '1': true,
  fail: false,
  false: false,
  no: false,
  '0': false,
}

const inJson = z.array(
  z.strictObject({ trial: z.string(), grader: z.string().nullable().default(null), pass: z.boolean() }),
)

/**
 * Human labels: a JSON list of `{ "trial", "grader", "pass" }`, or CSV with these columns. `grader` may be left out where a trial has
 * one judge. Throws UserError with the line, or the place in the list, of what is wrong.
 */
export async function readLabels(path: string, io: Io): Promise<HumanLabel[]> {
  const full = resolve(io.cwd, path)
  const name = relative(io.cwd, full)
  const text = await readFile(full, 'utf8').catch((error: unknown) => {
    throw new UserError(`${name}: cannot be read: ${String(error)}`)
  })
  return path.endsWith('.json') ? fromJson(text, name) : fromCsv(text, name)
}

function fromJson(text: string, name: string): HumanLabel[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${name}: not JSON (${String(error)})`)
  }
  const result = inJson.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UserError(
    `${name}: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message ?? 'invalid'}; expected a list of { "trial": "TASK/SETUP/0", "grader": "NAME", "pass": true }`,
  )
}

function fromCsv(text: string, name: string): HumanLabel[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, i) => ({ cells: cellsOf(line), number: i + 1 }))
    .filter(({ cells }) => cells.some(cell => cell !== ''))
  const [head, ...rows] = lines
  const columns = (head?.cells ?? []).map(cell => cell.toLowerCase())
  const at = {
    trial: columns.indexOf('trial'),
    grader: columns.indexOf('grader'),
    pass: columns.indexOf('pass'),
  }
  if (at.trial < 0 || at.pass < 0)
    throw new UserError(
      `${name}:${head?.number ?? 1}: the first line has to name the columns trial and pass (and grader), got: ${columns.join(', ') || 'nothing'}`,
    )
  return rows.map(({ cells, number }) => {
    const [trial = '', word = ''] = [cells[at.trial], cells[at.pass]]
    const pass = Object.hasOwn(words, word.toLowerCase()) ? words[word.toLowerCase()] : undefined
    if (trial === '') throw new UserError(`${name}:${number}: no trial is named`)
    if (pass === undefined)
      throw new UserError(
        `${name}:${number}: pass is "${word}", expected pass or fail (or true, false, yes, no, 1, 0)`,
      )
    return { trial, grader: cells[at.grader] || null, pass }
  })
}

/** The cells of one line; a cell in quotes may hold commas, and quotes as two. */
function cellsOf(line: string): string[] {
  const cells = line.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*|([^,]*))/g)
  return [...cells].map(([, quoted, plain = '']) => (quoted?.replaceAll('""', '"') ?? plain).trim())
}

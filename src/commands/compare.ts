import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { compare as compareSides } from '../core/compare.ts'
import { claimFindings } from '../core/claim.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { sideOfBaseline, sideOfRun } from '../core/sides.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { Side } from '../model/report.ts'
import { renderComparisonsMarkdown } from '../reporters/comparison-markdown.ts'
import { renderComparisons, type Compared } from '../reporters/comparison.ts'
import { paintFor, plainPaint } from '../reporters/paint.ts'
import { readBaselineIfAny } from './baseline-file.ts'
import { answer, type Io } from './io.ts'
import { checkReportOptions, giveReports, type ReportOptions } from './report.ts'
import { loadUnaltered } from './unaltered.ts'
import { storeFor } from './wiring.ts'

export interface CompareOptions extends ReportOptions {
  margin?: number
  /** A claim: not worse than so many points. */
  notWorse?: number
  /** A claim: so many percent cheaper. */
  cheaper?: number
  pValues?: boolean
}

/**
 * `agent-eval compare A [OTHERS…]`: runs, setups of runs (`RUN:SETUP`), baseline files. With one run only: its setups side by
 * side. All are held against the first. The exit code is 0, but where something is claimed: 1 if it is refuted, 3 if not shown.
 */
export async function compare(
  a: string,
  others: readonly string[],
  options: CompareOptions,
  io: Io,
): Promise<ExitCode> {
  const { margin = 10, notWorse = null, cheaper = null, pValues = false } = options
  const style = { columns: 100, pValues }
  const formats = {
    json: asJson,
    markdown: renderComparisonsMarkdown,
    terminal: (what: Compared): string => renderComparisons(what, { ...style, paint: plainPaint }),
  }
  await checkReportOptions(options, io, formats)
  const pairs = await pairsOf(a, others, io)
  const comparisons = pairs.map(([base, candidate]) =>
    compareSides(base, candidate, { margin, strict: false, gate: false }),
  )
  const [base] = pairs[0] ?? []
  const oneBase = base !== undefined && pairs.every(([each]) => each === base)
  const compared: Compared = {
    comparisons,
    sideBySide: oneBase ? sideBySide([base, ...pairs.map(([, candidate]) => candidate)], comparisons) : null,
    claims:
      notWorse === null && cheaper === null ? [] : claimFindings(pairs, comparisons, { notWorse, cheaper }),
  }
  const toStdout = options.report?.some(wanted => !wanted.includes('=')) ?? false
  if (options.json) answer(io, asJson(compared))
  else if (!toStdout)
    answer(
      io,
      renderComparisons(compared, {
        ...style,
        paint: paintFor(io.stdout, io.env),
        columns: io.stdout.columns ?? style.columns,
      }),
    )
  await giveReports(compared, options, formats, io)
  return exitCodeOf(compared, notWorse !== null || cheaper !== null)
}

function asJson(compared: Compared): string {
  return JSON.stringify(compared, null, 2)
}

function exitCodeOf({ claims, comparisons }: Compared, claimed: boolean): ExitCode {
  if (!claimed) return exitCodes.pass
  if (claims.some(({ finding }) => finding === 'refuted')) return exitCodes.regressed
  // What could not even be compared was not shown.
  const shown = claims.length === comparisons.length && claims.every(({ finding }) => finding === 'shown')
  return shown ? exitCodes.pass : exitCodes.inconclusive
}

async function pairsOf(a: string, others: readonly string[], io: Io): Promise<[Side, Side][]> {
  const left = await sidesOf(a, io)
  const [b, ...more] = others
  if (b === undefined) return withinOne(left, a)
  if (more.length === 0) return acrossTwo(left, await sidesOf(b, io), a, b)
  const [base, ...candidates] = await Promise.all(
    [a, ...others].map(async reference => onlySide(await sidesOf(reference, io), reference)),
  )
  return base ? candidates.map(candidate => [base, candidate]) : []
}

function onlySide(sides: Side[], reference: string): Side {
  const [only, ...others] = sides
  if (only && others.length === 0) return only
  throw new UserError(
    `${reference} has ${sides.length} setups, and of three or more sides each has to be one: name it, as in ${reference}:${only?.setup ?? 'SETUP'}`,
  )
}

async function sidesOf(reference: string, io: Io): Promise<Side[]> {
  const [name, setup] = await splitReference(reference, io)
  const sides = name.endsWith('.json') ? await baselineSides(name, io) : await runSides(name, io)
  if (setup === null) return sides
  const found = sides.filter(side => side.setup === setup)
  if (found.length > 0) return found
  throw new UserError(`${name} has no setup "${setup}", known: ${sides.map(side => side.setup).join(', ')}`)
}

/** `REFERENCE:SETUP`, where the reference itself may be a path with a colon. */
async function splitReference(reference: string, io: Io): Promise<[string, string | null]> {
  const at = reference.lastIndexOf(':')
  if (at <= 0 || (await stat(resolve(io.cwd, reference)).catch(() => null))) return [reference, null]
  return [reference.slice(0, at), reference.slice(at + 1)]
}

async function baselineSides(path: string, io: Io): Promise<Side[]> {
  const baseline = await readBaselineIfAny(resolve(io.cwd, path), io)
  if (!baseline) throw new UserError(`${path}: there is no such baseline`)
  return Object.keys(baseline.setups).map(setup => sideOfBaseline(baseline, setup, 'baseline'))
}

async function runSides(reference: string, io: Io): Promise<Side[]> {
  const { manifest, trials } = await loadUnaltered(storeFor(io, null), reference)
  return Object.keys(manifest.setups).map(setup => sideOfRun(manifest, trials, setup))
}

function withinOne(sides: Side[], reference: string): [Side, Side][] {
  const [first, ...others] = sides
  if (!first || others.length === 0) {
    throw new UserError(
      `${reference} has one setup only. Name a second side: agent-eval compare ${reference} OTHER-RUN`,
    )
  }
  return others.map(other => [first, other])
}

/** One setup on each side is compared whatever the names; several are paired by name. */
function acrossTwo(left: Side[], right: Side[], a: string, b: string): [Side, Side][] {
  const [onlyLeft, onlyRight] = [left[0], right[0]]
  if (left.length === 1 && right.length === 1 && onlyLeft && onlyRight) return [[onlyLeft, onlyRight]]
  const pairs = left.flatMap(base =>
    right
      .filter(candidate => candidate.setup === base.setup)
      .map((candidate): [Side, Side] => [base, candidate]),
  )
  if (pairs.length > 0) return pairs
  const names = (sides: Side[]): string => sides.map(side => side.setup).join(', ')
  throw new UserError(
    `no setup is in both: ${a} has ${names(left)}; ${b} has ${names(right)}. Name them: agent-eval compare ${a}:SETUP ${b}:SETUP`,
  )
}

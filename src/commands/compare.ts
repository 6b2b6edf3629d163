import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { compare as compareSides } from '../core/compare.ts'
import { sideOfBaseline, sideOfRun } from '../core/sides.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import type { Side } from '../model/report.ts'
import { renderComparisons } from '../reporters/comparison.ts'
import { paintFor } from '../reporters/paint.ts'
import { readBaselineIfAny } from './baseline-file.ts'
import { answer, answerJson, type Io } from './io.ts'
import { loadUnaltered } from './unaltered.ts'
import { storeFor } from './wiring.ts'

export interface CompareOptions {
  json?: boolean
  margin?: number
}

/**
 * `agent-eval compare A [B]`: two runs, two setups of one run (`RUN:SETUP`), or a run and a baseline file. With one run only:
 * its setups side by side.
 */
export async function compare(
  a: string,
  b: string | undefined,
  options: CompareOptions,
  io: Io,
): Promise<ExitCode> {
  const left = await sidesOf(a, io)
  const pairs = b === undefined ? withinOne(left, a) : acrossTwo(left, await sidesOf(b, io), a, b)
  const comparisons = pairs.map(([base, candidate]) =>
    compareSides(base, candidate, { margin: options.margin ?? 10, strict: false, gate: false }),
  )
  if (options.json) answerJson(io, { comparisons })
  else
    answer(
      io,
      renderComparisons(comparisons, {
        paint: paintFor(io.stdout, io.env),
        columns: io.stdout.columns ?? 100,
      }),
    )
  return exitCodes.pass
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

import { readFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { Baseline } from '../model/baseline.ts'
import type { Io } from './io.ts'

/** Reads the baseline that a gate compares with. A gate without one is an error, never green. */
export async function readBaseline(
  path: string | null,
  suite: string,
  io: Io,
  show = (shown: string): string => relative(io.cwd, shown),
): Promise<Baseline> {
  if (path === null) {
    throw new UserError(
      `suite ${suite} names no baseline, so there is nothing to compare with. Add "gate: { baseline: ./baselines/${suite}.json }" to it, then: agent-eval baseline accept latest --reason "first baseline"`,
    )
  }
  const name = show(resolve(io.cwd, path))
  const baseline = await readBaselineIfAny(resolve(io.cwd, path), io, name)
  if (!baseline) {
    throw new UserError(
      `${name}: there is no baseline yet. Make a run that you trust, then: agent-eval baseline accept latest --reason "first baseline"`,
    )
  }
  if (baseline.suite !== suite) {
    throw new UserError(
      `${name}: is the baseline of suite ${baseline.suite}, not of ${suite}. Name the right file in "gate".`,
    )
  }
  if (Object.keys(baseline.setups).length === 0) {
    throw new UserError(
      `${name}: holds no setup. Accept a run: agent-eval baseline accept latest --reason "…"`,
    )
  }
  return baseline
}

/** Null if there is no such file; UserError if it cannot be read as a baseline. */
export async function readBaselineIfAny(
  path: string,
  io: Io,
  name = relative(io.cwd, path),
): Promise<Baseline | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new UserError(`${name}: cannot be read: ${String(error)}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UserError(`${name}: not JSON (${String(error)}). Restore it from git.`)
  }
  const result = Baseline.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new UserError(
    `${name}: no baseline, or one of another version of agent-eval: ${issue?.path.join('.') || 'the whole file'}: ${issue?.message ?? 'invalid'}. Restore it from git, or accept a new one.`,
  )
}

import { z } from 'zod'
import { Command } from '../../model/suite.ts'
import { planRun, runnerNames } from './plan.ts'
import { finderOf, lookUp } from './names.ts'
import type { TestReport } from './report.ts'
import { verdictOf } from './verdict.ts'

const Counts = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  todo: z.number(),
  flaky: z.number(),
})
const Named = z.object({ name: z.string(), state: z.string() })

/** The part of the stored details from which the grade follows. */
const Details = z.object({
  incomplete: z.string().nullable(),
  counts: Counts,
  countsBefore: Counts.nullable(),
  failToPass: z.array(Named),
  passToPass: z.object({ names: z.number().int().nonnegative(), notPassed: z.array(Named) }),
  problems: z.array(z.unknown()),
  liveness: z.object({ state: z.string() }).optional(),
})
type Details = z.infer<typeof Details>

/** The configuration as it is stored: parsed once already. */
const Config = z.object({
  run: Command,
  runner: z.enum(runnerNames).optional(),
  report: z.string().optional(),
  failToPass: z.array(z.string()),
  passToPass: z.union([z.enum(['all', 'none']), z.array(z.string())]),
})
type Config = z.infer<typeof Config>

/** Files of the grader's logs that may hold the report of the run that was judged. */
export function reportFiles(config: unknown): string[] {
  const plan = planOf(config)
  const ending = plan?.channel === 'stdout' ? 'stdout.log' : 'report'
  // Where a file was disputed the tests ran again, and that run counts.
  return plan ? [`patched-again.${ending}`, `patched.${ending}`] : []
}

/**
 * Derives a `tests` grade again: from the recorded states, and these from the raw report where it was kept. Returns what does
 * not follow, in half sentences. Several reports: one of them must fit.
 */
export function recheckTests(
  grade: { score: number; pass: boolean; details: unknown },
  config: unknown,
  reports: readonly string[],
): string[] {
  const details = Details.safeParse(grade.details).data
  const wanted = Config.safeParse(config).data
  if (!details || !wanted) return ['its details, or its configuration, are not those of a tests grader']
  const plan = planOf(config)
  const readings = plan ? reports.filter(text => text.trim() !== '').map(text => plan.parse(text)) : []
  const differences = readings.map(report => compareWith(report, details))
  return [
    ...checkNames(details, wanted),
    ...checkVerdict(grade, details),
    ...(differences.some(({ length }) => length === 0) ? [] : (differences[0] ?? [])),
  ]
}

function checkNames(details: Details, config: Config): string[] {
  const names = details.failToPass.map(({ name }) => name)
  const sameNames = names.join('\n') === config.failToPass.join('\n')
  const listed = Array.isArray(config.passToPass) ? config.passToPass : []
  const isCounted = config.passToPass === 'all' || details.passToPass.names === listed.length
  const hasBefore = (config.passToPass === 'all') === (details.countsBefore !== null)
  return [
    ...(sameNames ? [] : ['its failToPass tests are not those of the suite']),
    ...(isCounted && hasBefore ? [] : ['its passToPass tests are not those of the suite']),
  ]
}

function checkVerdict(grade: { score: number; pass: boolean }, details: Details): string[] {
  const { failToPass, passToPass, countsBefore, counts, incomplete } = details
  const passing = Math.max(0, passToPass.names - passToPass.notPassed.length)
  const all = [...passToPass.notPassed, ...Array.from({ length: passing }, () => ({ state: 'passed' }))]
  const everyTest = countsBefore === null && failToPass.length === 0 && passToPass.names === 0
  const states = Object.entries(counts).flatMap(([state, count]) =>
    Array.from({ length: incomplete === null ? count : 0 }, () => ({ state })),
  )
  const fromTests = verdictOf(
    { failToPass, passToPass: all, all: everyTest ? states : null },
    details.problems.length > 0,
  )
  // A run in which every assertion was made to fail, and tests passed all the same, takes the grade away.
  const expected = details.liveness?.state === 'forged' ? { score: 0, pass: false } : fromTests
  const someNamedPassed = failToPass.some(({ state }) => state === 'passed') || passing > 0
  return [
    ...(expected.pass === grade.pass
      ? []
      : [`the recorded tests give ${word(expected.pass)}, the grade says ${word(grade.pass)}`]),
    ...(Math.abs(expected.score - grade.score) < 1e-9
      ? []
      : [`the recorded tests give score ${expected.score}, the grade says ${grade.score}`]),
    ...(incomplete !== null && someNamedPassed
      ? ['tests count as passed in a report that is not whole']
      : []),
  ]
}

function compareWith(report: TestReport, details: Details): string[] {
  const counts: Record<string, number> = {}
  for (const { state } of report.tests) counts[state] = (counts[state] ?? 0) + 1
  const otherCounts = Object.entries(details.counts).filter(
    ([state, count]) => (counts[state] ?? 0) !== count,
  )
  const find = finderOf(report.tests)
  // A name with a file in front is not found: the raw report has other paths.
  const otherStates = details.failToPass.filter(({ name, state }) => {
    const found = lookUp(name, find)
    return details.incomplete === null && found.matches.length > 0 && found.state !== state
  })
  return [
    ...otherCounts.map(
      ([state, count]) =>
        `the report in its logs has ${counts[state] ?? 0} ${state} tests, the grade ${count}`,
    ),
    ...otherStates.map(
      ({ name, state }) =>
        `the report in its logs has "${name}" as ${lookUp(name, find).state}, the grade as ${state}`,
    ),
    ...(report.incomplete !== null && details.incomplete === null
      ? [`the report in its logs is not whole (${report.incomplete}), the grade takes it as whole`]
      : []),
  ]
}

function planOf(config: unknown): Exclude<ReturnType<typeof planRun>, { key: string }> | null {
  const wanted = Config.safeParse(config).data
  const plan = wanted && planRun(wanted)
  return plan && !('key' in plan) ? plan : null
}

const word = (pass: boolean): string => (pass ? 'pass' : 'fail')

import { exitCodes } from '../errors.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Comparison, Decision, Verdict } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Trial } from '../model/trial.ts'
import { approvalProblems } from './approval.ts'
import { missingTrials } from './missing.ts'
import type { Problem } from './problem.ts'
import { exitCodeOf } from './verdict.ts'
import { count, plural } from './words.ts'

/** From the one that a gate may least of all overlook to the best. */
const worstFirst: readonly Decision[] = [
  'invalid',
  'regressed',
  'infrastructure',
  'needs-approval',
  'incomparable',
  'inconclusive',
  'no-drop',
  'improved',
]

/**
 * The verdict of a gate over all of its setups: the worst decision wins, and every reason of the worst comes first. Nothing
 * compared is never green. Each comparison must have been made with `gate: true`.
 */
export function gateVerdict(comparisons: readonly Comparison[], problems: readonly Problem[]): Verdict {
  const named = comparisons.length > 1
  const parts: Verdict[] = [
    ...problems.map(({ decision, reason }) => ({
      decision,
      reasons: [reason],
      exitCode: exitCodeOf(decision, { strict: true, gate: true }),
    })),
    ...comparisons.map(({ candidate, verdict }) => ({
      ...verdict,
      reasons: named ? verdict.reasons.map(reason => `${candidate.setup}: ${reason}`) : verdict.reasons,
    })),
  ].toSorted((a, b) => worstFirst.indexOf(a.decision) - worstFirst.indexOf(b.decision))

  const [worst] = parts
  if (!worst) {
    const reason =
      'Nothing was compared: run a setup that has an accepted baseline, or accept a run as the baseline.'
    return { decision: 'incomparable', reasons: [reason], exitCode: exitCodes.inconclusive }
  }
  return {
    decision: worst.decision,
    reasons: parts.flatMap(part =>
      tellsAll(part, worst, parts.length) ? part.reasons : part.reasons.slice(0, 1),
    ),
    exitCode: worst.exitCode,
  }
}

/** Of several good parts the first sentence of each will do; a bad one is told whole. */
function tellsAll(part: Verdict, worst: Verdict, parts: number): boolean {
  if (parts === 1) return true
  return part.decision === worst.decision && worst.decision !== 'no-drop' && worst.decision !== 'improved'
}

/** What is wrong with a run and its baseline as a whole: trials that never ended, and setups that nothing was accepted for. */
export function gateProblems(manifest: RunManifest, trials: readonly Trial[], baseline: Baseline): Problem[] {
  const problems: Problem[] = manifest.rules ? approvalProblems(manifest.rules) : []
  const missing = missingTrials(manifest.plan, trials).length
  if (missing > 0) {
    problems.push({
      decision: 'infrastructure',
      reason: `${missing} of ${count(manifest.plan.length, 'planned trial')} ${plural(missing, 'has', 'have')} no result: resume run ${manifest.id}.`,
    })
  }
  if (baseline.suite !== manifest.suite.name) {
    problems.push({
      decision: 'incomparable',
      reason: `The baseline is of suite ${baseline.suite}, the run of suite ${manifest.suite.name}: name the right baseline.`,
    })
  }
  const canaries = new Set(Object.values(manifest.adaptive?.canaries ?? {}))
  const unknown = Object.keys(manifest.setups).filter(
    setup => !Object.hasOwn(baseline.setups, setup) && !canaries.has(setup),
  )
  if (unknown.length > 0) {
    problems.push({
      decision: 'incomparable',
      reason: `Nothing was ever accepted for setup ${unknown.toSorted().join(', ')}: accept a run of it into the baseline.`,
    })
  }
  return problems
}

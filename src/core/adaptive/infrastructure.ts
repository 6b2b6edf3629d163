import { fisherTwoSided } from '../stats/fisher.ts'
import { sum } from '../stats/pair.ts'
import { lookAt, type LookResult, type SeenTask, type SkippedTasks } from './look.ts'
import type { AdaptivePlan, PlannedLook } from './plan.ts'

/** The largest share of trials left out that a verdict can bear. */
const bearableShare = 0.02

/** Level at which the two sides' shares are taken to differ. */
const differenceLevel = 0.05

/** What infrastructure did to a verdict. */
export type Trouble = 'nothing-graded' | 'many-errors' | 'uneven-errors' | 'errors-decide'

/**
 * Trials that errored time and again are left out; where they are many (over 2 %), more than in the baseline, or where counting
 * them as failures would make a regression, what is left over is no fair draw. A regression that stands even with all of them
 * counted as passes stands. Before the last look the gate goes on, unless there are so many that they would be too many even
 * if no other trial of the plan errored: then no more is paid for a verdict that cannot be.
 */
export function infrastructureTrouble(
  plan: AdaptivePlan,
  seen: readonly SeenTask[],
  planned: PlannedLook,
  look: LookResult,
  skipped: SkippedTasks,
  last: boolean,
): { stops: boolean; reasons: Trouble[] } {
  const out = sum(seen.map(task => task.out))
  const graded = sum(seen.map(({ candidate }) => candidate.graded))
  if (out === 0) return { stops: false, reasons: [] }
  const retold = (passes: 0 | 1): LookResult['finding'] =>
    lookAt(
      seen.map(task => ({
        ...task,
        candidate: {
          passed: task.candidate.passed + passes * task.out,
          graded: task.candidate.graded + task.out,
        },
      })),
      planned,
      plan.options.margin / 100,
      skipped,
    ).finding
  if (look.finding === 'regressed' && retold(1) === 'regressed') return { stops: false, reasons: [] }

  const { graded: baseGraded, errored: baseErrored } = plan.baseTrials
  const uneven = fisherTwoSided({
    base: { passed: baseErrored, graded: baseGraded + baseErrored },
    candidate: { passed: out, graded: graded + out },
  })
  const reasons: Trouble[] = [
    ...(seen.some(({ candidate }) => candidate.graded === 0) ? (['nothing-graded'] as const) : []),
    ...(out > bearableShare * (graded + out) ? (['many-errors'] as const) : []),
    ...(uneven <= differenceLevel ? (['uneven-errors'] as const) : []),
    ...(look.finding !== 'regressed' && retold(0) === 'regressed' ? (['errors-decide'] as const) : []),
  ]
  const ends = look.finding !== 'open' || last
  const hopeless = out > bearableShare * sum(plan.tasks.map(({ trials }) => trials))
  return { stops: reasons.length > 0 && (ends || hopeless), reasons }
}

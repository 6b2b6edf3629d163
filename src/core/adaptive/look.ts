import { normalQuantile } from '../stats/distributions.ts'
import { varianceGained } from '../power.ts'
import { mean, rateOf, sum, type Counts, type Pair } from '../stats/pair.ts'
import { varianceOfOne } from '../stats/interval.ts'
import { stratifiedTest } from '../stats/stratified.ts'
import type { PlannedLook } from './plan.ts'

/** One task at a look. */
export interface SeenTask extends Pair {
  task: string
  /** Candidate trials that errored too often, and are left out. */
  out: number
}

/** What one look has shown. z values are one-sided; the gate stops where one reaches its bound. */
export interface LookResult {
  round: number
  /** Candidate trials that it rests on. */
  trials: number
  /** Candidate's minus base's pass rate, mean over all tasks; what skipped ones would pass counts for both sides. */
  difference: number
  zWorse: number
  zBetter: number
  zNoDrop: number
  finding: 'regressed' | 'improved' | 'no-drop' | 'open'
}

/**
 * "No drop beyond the margin" is to be said of a candidate that may have fallen, and one that fell passes less evenly than its
 * baseline, of which most trials are at first. Its variance is taken as after this part of the margin, halfway between the
 * two answers: by simulation a drop as large as the margin is then waved through as often as beta says.
 */
export const assumedFall = 0.5

/** Tasks that are not run because they have nothing to lose: how many, and what they would pass, summed. */
export interface SkippedTasks {
  tasks: number
  passes: number
}

/**
 * z values of one look: "worse" and "better" from the mid-p of the exact stratified test; "no drop beyond the margin" from the
 * estimate and a standard error with the variance of both sides pooled, and 1/4 of one trial's variance more on either side, as
 * in `differenceInterval`. margin in (0,1].
 */
export function lookAt(
  seen: readonly SeenTask[],
  planned: PlannedLook,
  margin: number,
  skipped: SkippedTasks,
): LookResult {
  const usable = seen.filter(({ base, candidate }) => base.graded > 0 && candidate.graded > 0)
  const trials = sum(usable.map(({ candidate }) => candidate.graded))
  if (usable.length === 0) {
    return { round: planned.round, trials, difference: 0, zWorse: 0, zBetter: 0, zNoDrop: 0, finding: 'open' }
  }
  const { regressed, improved } = stratifiedTest(usable)
  const tasks = usable.length + skipped.tasks
  const gained = sum(usable.map(({ base, candidate }) => rateOf(candidate) - rateOf(base)))
  const { ofTest, withFloor } = pooledErrors(usable, margin * assumedFall)
  const luck = ofTest > 0 ? skipped.passes / ofTest : 0
  const difference = (gained + skipped.passes) / tasks
  const zWorse = zOf(regressed.midP) - luck
  const zBetter = zOf(improved.midP) + luck
  const zNoDrop = (difference + margin) / (withFloor / tasks)
  const finding =
    zWorse >= planned.changedFrom
      ? 'regressed'
      : zBetter >= planned.changedFrom
        ? 'improved'
        : zNoDrop >= planned.noDropFrom
          ? 'no-drop'
          : 'open'
  return { round: planned.round, trials, difference, zWorse, zBetter, zNoDrop, finding }
}

function zOf(midP: number): number {
  return midP <= 0 ? Infinity : midP >= 1 ? -Infinity : -normalQuantile(midP)
}

/** Standard errors of the sum of all differences of rates: as the exact test has it, and with the floor and a fall by `drop`. */
function pooledErrors(pairs: readonly Pair[], drop: number): { ofTest: number; withFloor: number } {
  const pooled = ({ base, candidate }: Pair): Counts => ({
    passed: base.passed + candidate.passed,
    graded: base.graded + candidate.graded,
  })
  const ofTrials = ({ base, candidate }: Pair): number => 1 / base.graded + 1 / candidate.graded
  const variance = sum(pairs.map(pair => varianceOfOne(pooled(pair)) * ofTrials(pair)))
  const fallen = sum(
    pairs.map(pair => Math.max(0, varianceGained(rateOf(pooled(pair)), drop)) / pair.candidate.graded),
  )
  return {
    ofTest: Math.sqrt(variance),
    withFloor: Math.sqrt(variance + fallen + mean(pairs.map(ofTrials)) / 4),
  }
}

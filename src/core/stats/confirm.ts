import { fisherTest, holm } from './fisher.ts'
import type { Counts, Pair } from './pair.ts'

/** One-sided Fisher p up to which a task is worth a closer look. */
export const suspicious = 0.2

/** The chance that any task at all is named wrongly. */
export const namingLevel = 0.01

/** A p value that equals a level by exact arithmetic must not miss it by the last bit. */
const lastBits = 1e-12

/** Whether so few trials hint at a drop of this task (screening; nothing follows from it but more trials). */
export function isSuspect(pair: Pair, level: number = suspicious): boolean {
  return pair.candidate.graded > 0 && fisherTest(pair).regressed <= level + lastBits
}

/**
 * Whether a task could still be named, were all of the `missing` trials to fail: p must come down to level/(family - others),
 * where `others` suspects may be named before it. If not, its trials would be wasted.
 */
export function canBeNamed(
  { base, candidate }: Pair,
  missing: number,
  family: number,
  others: number,
): boolean {
  const worst = { passed: candidate.passed, graded: candidate.graded + missing }
  if (worst.graded === 0) return false
  const least = fisherTest({ base, candidate: worst }).regressed
  return least * Math.max(1, family - others) <= namingLevel + lastBits
}

/**
 * Which of the suspects are broken for sure: Fisher's exact test on all of a suspect's trials, Holm's adjustment over the whole
 * family of tasks, where every task that is no suspect counts as p = 1. This never names more than testing every task with as
 * many trials would, so that *any* choice of suspects keeps the chance of a wrong name below 1 % (closed testing by Holm 1979,
 * with p values that are only ever raised). Every suspect must have been brought to a number of trials that was fixed before.
 */
export function confirmed<T extends Pair>(suspects: readonly T[], family: number): T[] {
  const pValues = suspects.map(pair => fisherTest(pair).regressed)
  const others = Array<number>(Math.max(0, family - suspects.length)).fill(1)
  const adjusted = holm([...pValues, ...others])
  return suspects.filter((_, i) => (adjusted[i] ?? 1) <= namingLevel + lastBits)
}

/**
 * The fewest baseline trials with which one broken task of `family` can be named: were all of them passed and all of the
 * candidate's `trials` failed, Fisher's p is 1/C(b + c, c).
 */
export function baseTrialsToName(family: number, trials: number): number {
  const all = (graded: number, passed: number): Counts => ({ graded, passed })
  let base = 1
  while (!canBeNamed({ base: all(base, base), candidate: all(0, 0) }, trials, family, 0)) base++
  return base
}

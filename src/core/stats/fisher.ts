import { passesByChance } from './hypergeometric.ts'
import { sum, type Pair } from './pair.ts'

/** Chances that differ by less than this factor are equal: the same number by another route. */
const almost = 1 + 1e-9

/** One task's one-sided p values of Fisher's exact test (Fisher 1935, The Design of Experiments, chapter 2). */
export function fisherTest(pair: Pair): { regressed: number; improved: number } {
  const { passed } = pair.candidate
  const chances = passesByChance(pair)
  const total = (kept: typeof chances): number => Math.min(1, sum(kept.map(({ chance }) => chance)))
  return {
    regressed: total(chances.filter(other => other.passed <= passed)),
    improved: total(chances.filter(other => other.passed >= passed)),
  }
}

/** Fisher's exact test in both directions: all outcomes that are no more likely than the one seen (Agresti 2002, 3.5). */
export function fisherTwoSided(pair: Pair): number {
  const chances = passesByChance(pair)
  const seen = chances.find(({ passed }) => passed === pair.candidate.passed)?.chance ?? 0
  return Math.min(1, sum(chances.map(({ chance }) => chance).filter(chance => chance <= seen * almost)))
}

/**
 * Holm's adjustment (Holm 1979, Scand. J. Statistics 6), in the order of the input: flagging those at or below a level keeps
 * the chance of any wrong flag below that level.
 */
export function holm(pValues: readonly number[]): number[] {
  const ranked = pValues.map((p, i) => ({ p, i })).toSorted((a, b) => a.p - b.p)
  const adjusted = pValues.map(() => 1)
  let largest = 0
  for (const [rank, { p, i }] of ranked.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p))
    adjusted[i] = largest
  }
  return adjusted
}

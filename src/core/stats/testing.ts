import type { Pair } from './pair.ts'

/** Pairs from passes on both sides, with the same number of trials for all tasks of a side. */
export function pairsOf(
  base: number[],
  baseTrials: number,
  candidate: number[],
  candidateTrials: number,
): Pair[] {
  return base.map((passed, i) => ({
    base: { passed, graded: baseTrials },
    candidate: { passed: candidate[i] ?? 0, graded: candidateTrials },
  }))
}

/** The worked example of the golden values: ten tasks, five trials on each side. */
export const goldenBase = [5, 5, 4, 3, 0, 5, 2, 1, 5, 4]
export const goldenCandidate = [5, 3, 4, 1, 0, 4, 2, 0, 5, 2]
export const golden = pairsOf(goldenBase, 5, goldenCandidate, 5)

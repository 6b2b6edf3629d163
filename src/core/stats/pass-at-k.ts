import { mean, type Counts } from './pair.ts'

/** Values by k, as JSON keys: `{ "1": 0.6, "2": 0.8 }`. */
export type ByK = Record<string, number>

/**
 * Chance that at least one of k trials passes, for k = 1 … the fewest trials of a task (never further: that would be
 * guessing). The unbiased estimator 1 - C(n-c,k)/C(n,k) of Chen et al. 2021 (HumanEval, arXiv 2107.03374), mean over tasks.
 */
export function passAtK(tasks: readonly Counts[], highest: number = fewestTrials(tasks)): ByK {
  return byK(highest, k =>
    mean(tasks.map(({ passed, graded }) => 1 - chanceOfOnly(graded - passed, graded, k))),
  )
}

/** Chance that all of k trials pass: C(c,k)/C(n,k), mean over tasks (Yao et al. 2024, tau-bench, arXiv 2406.12045). */
export function passHatK(tasks: readonly Counts[], highest: number = fewestTrials(tasks)): ByK {
  return byK(highest, k => mean(tasks.map(({ passed, graded }) => chanceOfOnly(passed, graded, k))))
}

/** The largest k for which every task has enough trials; 0 without tasks. */
export function fewestTrials(tasks: readonly Counts[]): number {
  return tasks.length === 0 ? 0 : Math.min(...tasks.map(({ graded }) => graded))
}

/** Chance that k trials drawn from `all` are all among the `kind`: C(kind,k)/C(all,k), factor by factor. */
function chanceOfOnly(kind: number, all: number, k: number): number {
  let chance = 1
  for (let drawn = 0; drawn < k; drawn++) chance *= Math.max(0, kind - drawn) / (all - drawn)
  return chance
}

function byK(highest: number, value: (k: number) => number): ByK {
  return Object.fromEntries(Array.from({ length: highest }, (_, i) => [String(i + 1), value(i + 1)]))
}

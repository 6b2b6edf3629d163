import { z95 } from './distributions.ts'
import type { LikelyDifference } from './interval.ts'
import { mean, sum } from './pair.ts'
import type { ScorePair } from './permutation.ts'

/**
 * Mean over tasks of candidate minus base mean score, with 5 % one-sided bounds on either side. As `differenceInterval`, with the
 * sample variance of a task's scores in the place of p(1-p): for scores of 0 and 1 it is the same. Null without tasks.
 */
export function scoreDifference(pairs: readonly ScorePair[]): LikelyDifference | null {
  if (pairs.length === 0) return null
  const ordered = pairs.map(({ base, candidate }) => ({
    base: ascending(base),
    candidate: ascending(candidate),
  }))
  const value = sumInOrder(ordered.map(({ base, candidate }) => mean(candidate) - mean(base))) / pairs.length
  const noise = sideNoise(ordered, 'base') + sideNoise(ordered, 'candidate')
  const half = (z95 * Math.sqrt(noise)) / pairs.length
  return { value, lo: Math.max(-1, value - half), hi: Math.min(1, value + half) }
}

/** A side with a single score of a task takes the variance of all of the task's scores. */
function sideNoise(pairs: readonly ScorePair[], side: 'base' | 'candidate'): number {
  const ofTasks = pairs.map(pair => {
    const scores = pair[side].length > 1 ? pair[side] : ascending([...pair.base, ...pair.candidate])
    return variance(scores) / pair[side].length
  })
  return sumInOrder(ofTasks) + sumInOrder(pairs.map(pair => 1 / pair[side].length)) / pairs.length / 4
}

function variance(scores: readonly number[]): number {
  const centre = mean(scores)
  return sum(scores.map(score => (score - centre) ** 2)) / (scores.length - 1)
}

function ascending(scores: readonly number[]): number[] {
  return scores.toSorted((a, b) => a - b)
}

/** So that the last bit does not depend on the order of the tasks. */
function sumInOrder(values: readonly number[]): number {
  return sum(ascending(values))
}

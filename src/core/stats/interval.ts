import { z95 } from './distributions.ts'
import { inFixedOrder, mean, rateOf, sum, type Counts, type Pair } from './pair.ts'

/** A difference of pass rates in [-1,1], candidate minus base, with 5 % one-sided bounds on either side. */
export interface LikelyDifference {
  value: number
  lo: number
  hi: number
}

/** The noise of one side: variances of the pass rate summed over tasks, with the floor of 1/4 that keeps them off 0. */
export interface Noise {
  /** As it would be with one trial of each task. */
  ofOneTrial: number
  /** With the trials there are. */
  ofRates: number
}

/**
 * Mean over tasks of candidate rate minus base rate, for these tasks: only the trials are chance. A Wald interval from the
 * variance within each task, plus 1/4 of one trial's variance on either side, without which a suite that always passes
 * would have no uncertainty (cf. the clustered error of Miller 2024, arXiv 2411.00640, with no variance between tasks).
 * Needs at least one pair.
 */
export function differenceInterval(pairs: readonly Pair[]): LikelyDifference {
  const ordered = inFixedOrder(pairs)
  const value = mean(ordered.map(differenceOf))
  const { base, candidate } = noiseOf(ordered)
  const half = (z95 * Math.sqrt(base.ofRates + candidate.ofRates)) / ordered.length
  return { value, lo: Math.max(-1, value - half), hi: Math.min(1, value + half) }
}

/** Candidate rate minus base rate of one task, in [-1,1]. */
export function differenceOf({ base, candidate }: Pair): number {
  return rateOf(candidate) - rateOf(base)
}

/** Both sides' noise. A side with a single trial of a task takes the variance of all of the task's trials. */
export function noiseOf(pairs: readonly Pair[]): { base: Noise; candidate: Noise } {
  return { base: noiseOfSide(pairs, 'base'), candidate: noiseOfSide(pairs, 'candidate') }
}

function noiseOfSide(pairs: readonly Pair[], side: 'base' | 'candidate'): Noise {
  const variances = pairs.map(pair => ({
    ofOne: pair[side].graded > 1 ? varianceOfOne(pair[side]) : varianceOfOne(pooled(pair)),
    trials: pair[side].graded,
  }))
  return {
    ofOneTrial: sum(variances.map(({ ofOne }) => ofOne)) + 1 / 4,
    ofRates:
      sum(variances.map(({ ofOne, trials }) => ofOne / trials)) +
      mean(variances.map(({ trials }) => 1 / trials)) / 4,
  }
}

/** Unbiased variance of a single trial, from at least two. */
export function varianceOfOne({ passed, graded }: Counts): number {
  return (passed * (graded - passed)) / (graded * (graded - 1))
}

function pooled({ base, candidate }: Pair): Counts {
  return { passed: base.passed + candidate.passed, graded: base.graded + candidate.graded }
}

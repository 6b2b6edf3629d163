import type { ClaimFinding, Comparison, Decision, Shown, Side } from '../model/report.ts'
import { atMost, meanLevel } from './evidence.ts'
import { comparableTasks, pairTasks, type TaskPair } from './paired-tasks.ts'
import { ratioOf } from './per-trial.ts'
import { normalCdf } from './stats/distributions.ts'
import { holm } from './stats/fisher.ts'
import { differenceInterval, noiseOf } from './stats/interval.ts'
import { ratioTest } from './stats/log-ratio.ts'
import { sum } from './stats/pair.ts'

/** What somebody claims of a candidate: not worse than so many points, and so many percent cheaper. At least one is given. */
export interface Claim {
  notWorse: number | null
  cheaper: number | null
}

/** What says that no number means anything. */
const inDoubt: readonly Decision[] = ['infrastructure', 'invalid', 'incomparable']

/** One-sided p values for a claim and for its opposite. */
interface ClaimTest {
  shown: number
  refuted: number
}

/**
 * What the trials say of a claim about each of several candidates against their base. Quality by the interval of the difference (a
 * non-inferiority test), cost by the ratio's t. A claim with two parts is shown if both are, each at 5 % (the intersection-union
 * test, Berger 1982, Technometrics 24); several candidates share the 5 % by Holm's adjustment. `comparisons` are those of the same sides: where
 * one found that the trials themselves are in doubt, nothing is shown. Sides without a common task are left out.
 */
export function claimFindings(
  sides: readonly (readonly [base: Side, candidate: Side])[],
  comparisons: readonly Comparison[],
  claim: Claim,
): ClaimFinding[] {
  const known = sides
    .map(([base, candidate], i) => ({
      candidate,
      pairs: comparableTasks(pairTasks(base, candidate)),
      sound: !inDoubt.includes(comparisons[i]?.verdict.decision ?? 'incomparable'),
    }))
    .filter(({ pairs }) => pairs.length > 0)
  const { notWorse, cheaper } = claim
  const qualities =
    notWorse === null ? null : findings(known.map(({ pairs }) => notWorseTest(pairs, notWorse / 100)))
  const costs =
    cheaper === null ? null : findings(known.map(({ pairs }) => cheaperTest(pairs, 1 - cheaper / 100)))
  return known.map(({ candidate: { label, setup }, pairs, sound }, i) => {
    const [quality, cost] = [qualities?.[i], costs?.[i]]
    return {
      label,
      setup,
      notWorse:
        notWorse !== null && quality !== undefined
          ? { points: notWorse, difference: differenceInterval(pairs), n: trialsOf(pairs), finding: quality }
          : null,
      cheaper:
        cheaper !== null && cost !== undefined
          ? { percent: cheaper, ratio: ratioOf(pairs, 'costUsd'), finding: cost }
          : null,
      sound,
      finding: sound ? together([quality, cost].filter(part => part !== undefined)) : 'not shown',
    }
  })
}

function trialsOf(pairs: readonly TaskPair[]): number {
  return sum(pairs.map(({ base, candidate }) => base.graded + candidate.graded))
}

function together(parts: readonly Shown[]): Shown {
  if (parts.includes('refuted')) return 'refuted'
  return parts.includes('not shown') ? 'not shown' : 'shown'
}

function findings(tests: readonly ClaimTest[]): Shown[] {
  const [shown, refuted] = [holm(tests.map(test => test.shown)), holm(tests.map(test => test.refuted))]
  return tests.map((_, i) => {
    if (atMost(shown[i] ?? 1, meanLevel)) return 'shown'
    return atMost(refuted[i] ?? 1, meanLevel) ? 'refuted' : 'not shown'
  })
}

function notWorseTest(pairs: readonly TaskPair[], margin: number): ClaimTest {
  const { value } = differenceInterval(pairs)
  const { base, candidate } = noiseOf(pairs)
  const z = ((value + margin) * pairs.length) / Math.sqrt(base.ofRates + candidate.ofRates)
  return { shown: normalCdf(-z), refuted: normalCdf(z) }
}

function cheaperTest(pairs: readonly TaskPair[], limit: number): ClaimTest {
  const test = ratioTest(
    pairs.map(({ base, candidate }) => ({ base: base.costUsd, candidate: candidate.costUsd })),
    limit,
  )
  return test ? { shown: test.lower, refuted: test.higher } : { shown: 1, refuted: 1 }
}

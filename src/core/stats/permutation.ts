import { canonicalJson } from '../../util/json.ts'
import { mean, sum } from './pair.ts'
import type { Random } from './random.ts'
import { sampledTails } from './sampling.ts'
import type { StratifiedTest } from './stratified.ts'
import { lowerTail, upperTail } from './tails.ts'

/** Scores in [0,1] of one task's graded trials; at least one on each side. */
export interface ScorePair {
  base: readonly number[]
  candidate: readonly number[]
}

/**
 * The same question as `stratifiedTest`, for scores between 0 and 1: within each task the scores are dealt out to the two
 * sides by chance, 20,000 times (Pitman 1937; Fisher's randomisation test). The statistic is the sum over tasks of base
 * mean minus candidate mean. Neither the order of the tasks nor that of the scores matters.
 */
export function scoreTest(pairs: readonly ScorePair[]): StratifiedTest {
  const ordered = pairs
    .map(({ base, candidate }) => ({ base: ascending(base), candidate: ascending(candidate) }))
    .toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))
  const observed = sum(ordered.map(({ base, candidate }) => mean(base) - mean(candidate)))
  const tails = sampledTails(ordered.map(dealer), observed, canonicalJson(ordered))
  return { regressed: upperTail(tails), improved: lowerTail(tails) }
}

/** Deals one task's scores out anew at each call: a partial Fisher-Yates shuffle that picks the candidate's. */
function dealer({ base, candidate }: ScorePair): (random: Random) => number {
  const scores = [...base, ...candidate]
  const total = sum(scores)
  return random => {
    let picked = 0
    for (let i = 0; i < candidate.length; i++) {
      const j = i + Math.floor(random() * (scores.length - i))
      const score = scores[j] ?? 0
      scores[j] = scores[i] ?? 0
      scores[i] = score
      picked += score
    }
    return (total - picked) / base.length - picked / candidate.length
  }
}

function ascending(scores: readonly number[]): number[] {
  return scores.toSorted((a, b) => a - b)
}

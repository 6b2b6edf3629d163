import { fisherTest, holm } from './stats/fisher.ts'
import { differenceInterval, type LikelyDifference } from './stats/interval.ts'
import { rateOf, type Pair } from './stats/pair.ts'
import { sparseTest } from './stats/sparse.ts'
import { stratifiedTest } from './stats/stratified.ts'

/** The most that chance may explain of what is called a change of the suite: 5 of 100 unchanged setups. */
export const meanLevel = 0.05

/** The chance that any task at all is named wrongly (family-wise). */
export const taskLevel = 0.01

/** The chance that so uneven a fall of single tasks is no chance: 1 of 200 unchanged setups. The mean test hardly loses by it. */
export const unevenLevel = 0.005

/** A p value that equals a level by exact arithmetic must not miss it by the last bit. */
const lastBits = 1e-12

export function atMost(pValue: number, level: number): boolean {
  return pValue <= level + lastBits
}

/** What the trials alone say, before anything is held against them. */
export type Finding = 'improved' | 'no-drop' | 'inconclusive' | 'regressed'

/** The candidate's and the base's trials weighed against each other, over tasks that both have. */
export interface Evidence {
  difference: LikelyDifference
  /** One-sided mid-p values of the stratified exact test. */
  pRegressed: number
  pImproved: number
  /** One-sided mid-p values of the test that sees single tasks fall (or rise) far among many that do not. */
  pUnevenlyWorse: number
  pUnevenlyBetter: number
  /** Holm-adjusted p values of Fisher's exact test, in the order of the pairs. */
  taskRegressed: number[]
  taskImproved: number[]
  finding: Finding
}

/**
 * Regressed: the suite's mean fell (mid-p at 5 %), or a task broke for sure (Holm at 1 %), or single tasks fell so far that
 * something broke although none can be named (mid-p at 0.5 %, unless the mean rose). Improved: the mirror image. No drop: the likely range stays above minus the margin. Needs at least one pair; `margin` in (0,1].
 */
export function weigh(pairs: readonly Pair[], margin: number): Evidence {
  const test = stratifiedTest(pairs)
  const difference = differenceInterval(pairs)
  const tasks = pairs.map(fisherTest)
  const evidence = {
    difference,
    pRegressed: test.regressed.midP,
    pImproved: test.improved.midP,
    pUnevenlyWorse: sparseTest(pairs).midP,
    pUnevenlyBetter: sparseTest(pairs.map(mirrored)).midP,
    taskRegressed: holm(tasks.map(({ regressed }) => regressed)),
    taskImproved: holm(tasks.map(({ improved }) => improved)),
  }
  return { ...evidence, finding: findingOf(evidence, margin) }
}

function mirrored({ base, candidate }: Pair): Pair {
  return { base: candidate, candidate: base }
}

/** The suspects of a fall (or rise) that is seen although no task can be named, largest change first. */
export function suspectsOf<T extends Pair>(pairs: readonly T[], direction: 'worse' | 'better'): T[] {
  const towards = direction === 'worse' ? 1 : -1
  const by = ({ base, candidate }: T): number => towards * (rateOf(base) - rateOf(candidate))
  const furthest = Math.max(...pairs.map(by))
  return pairs.filter(pair => by(pair) >= furthest / 2).toSorted((a, b) => by(b) - by(a))
}

function findingOf(evidence: Omit<Evidence, 'finding'>, margin: number): Finding {
  const { pRegressed, pImproved, pUnevenlyWorse, pUnevenlyBetter } = evidence
  const flagged = (adjusted: readonly number[]): boolean => adjusted.some(p => atMost(p, taskLevel))
  if (atMost(pRegressed, meanLevel) || flagged(evidence.taskRegressed)) return 'regressed'
  if (atMost(pImproved, meanLevel) || flagged(evidence.taskImproved)) return 'improved'
  if (atMost(pUnevenlyWorse, unevenLevel)) return 'regressed'
  if (atMost(pUnevenlyBetter, unevenLevel)) return 'improved'
  return evidence.difference.lo > -margin ? 'no-drop' : 'inconclusive'
}

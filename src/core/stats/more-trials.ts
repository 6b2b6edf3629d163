import { normalQuantile } from './distributions.ts'
import { inFixedOrder, mean, sum, type Pair } from './pair.ts'
import { noiseOf } from './interval.ts'

/** What would settle an open verdict: more trials of one side. `perTask` may be 0 if there were enough already. */
export interface MoreTrials {
  side: 'base' | 'candidate'
  perTask: number
  total: number
}

/**
 * How many more trials would show "no drop beyond the margin" nine times out of ten, if nothing changed: solves
 * (1.645 + 1.282) · SE = margin for the candidate's number of trials (Jennison and Turnbull 2000, Group Sequential Methods,
 * 1.3). Where the base alone is too noisy for any number, tells what the base needs with as many on the candidate's side.
 * `margin` in (0,1].
 */
export function moreTrials(pairs: readonly Pair[], margin: number): MoreTrials {
  const ordered = inFixedOrder(pairs)
  const { base, candidate } = noiseOf(ordered)
  const wanted = ((ordered.length * margin) / (normalQuantile(0.95) + normalQuantile(0.9))) ** 2
  const left = wanted - base.ofRates
  const [side, needed]: [MoreTrials['side'], number] =
    left > 0
      ? ['candidate', candidate.ofOneTrial / left]
      : ['base', (base.ofOneTrial + candidate.ofOneTrial) / wanted]
  const perTask = Math.max(0, Math.ceil(needed - mean(ordered.map(pair => pair[side].graded))))
  return { side, perTask, total: sum(ordered.map(() => perTask)) }
}

import type { Comparison, Side, SideBySide } from '../model/report.ts'
import { comparableTasks, pairTasks } from './paired-tasks.ts'
import { perTrialOf, ratioOf } from './per-trial.ts'
import { amongSetups } from './several-setups.ts'
import { differenceInterval } from './stats/interval.ts'
import { suiteRate } from './stats/rate.ts'

type Offer = SideBySide['offers'][number]
type Beating = Offer['beatenBy'][number]

/**
 * Several sides of the same tasks: what still stands out among so many, and which setup is beaten in quality and cost by which
 * (Pareto's order, over the tasks that all of them know). `comparisons` are those of the first side with each of the others. Null
 * with fewer than two sides.
 */
export function sideBySide(sides: readonly Side[], comparisons: readonly Comparison[]): SideBySide | null {
  // Of what did not measure its setup nothing is told but its verdict.
  const sound = sides.filter(({ doubts }) => doubts.length === 0)
  if (sound.length < 2) return null
  const common = inCommon(sound)
  const compared = comparisons.filter(({ verdict }) => verdict.decision !== 'invalid')
  const among = compared.length > 1 ? amongSetups(compared) : []
  return {
    changes: among.map(({ change }, i) => {
      const { label = '', setup = '' } = compared[i]?.candidate ?? {}
      return { label, setup, change }
    }),
    offers: common.map(side => {
      const { label, setup, tasks } = side
      const graded = Object.values(tasks)
      const itself = comparableTasks(pairTasks(side, side))
      return {
        label,
        setup,
        passRate: graded.length > 0 ? suiteRate(graded) : null,
        costUsd: perTrialOf(itself).candidate.costUsd,
        beatenBy: common.flatMap(other => (other === side ? [] : beating(side, other))),
      }
    }),
  }
}

/** Only tasks that every side has graded, and that are the same for all. */
function inCommon(sides: readonly Side[]): Side[] {
  const [first, ...others] = sides
  if (!first) return []
  const shared = Object.keys(first.tasks).filter(task =>
    [first, ...others].every(
      ({ tasks }) =>
        Object.hasOwn(tasks, task) &&
        tasks[task]?.fingerprint === first.tasks[task]?.fingerprint &&
        (tasks[task]?.graded ?? 0) > 0,
    ),
  )
  return sides.map(side => ({
    ...side,
    tasks: Object.fromEntries(Object.entries(side.tasks).filter(([task]) => shared.includes(task))),
  }))
}

/** A sum of equal values may differ in its last bit. */
const lastBits = 1e-9

function beating(side: Side, other: Side): Beating[] {
  const pairs = comparableTasks(pairTasks(side, other))
  const cost = ratioOf(pairs, 'costUsd')
  if (pairs.length === 0 || cost === null) return []
  const difference = differenceInterval(pairs)
  const [gain, factor] = [difference.value, cost.value]
  const noWorse = gain >= -lastBits && factor <= 1 + lastBits
  const somehowBetter = gain > lastBits || factor < 1 - lastBits
  if (!noWorse || !somehowBetter) return []
  const shown = difference.lo > 0 || (cost.hi !== null && cost.hi < 1)
  return [{ label: other.label, setup: other.setup, difference, cost, shown }]
}

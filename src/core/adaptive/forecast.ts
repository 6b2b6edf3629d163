import { knownTasks, lossesOf, spreadOf, varianceGained } from '../power.ts'
import { stopChances } from '../stats/group-sequential.ts'
import { mean, sum } from '../stats/pair.ts'
import { assumedFall } from './look.ts'
import { trialsBy, type AdaptivePlan } from './plan.ts'

/** How an adaptive gate is likely to end if the mean pass rate really fell by so much. Chances in [0,1]. */
export interface AdaptiveForecast {
  /** The true drop, in [0,1]. */
  drop: number
  regressed: number
  /** Stopped because there is no drop beyond the margin, or because it is better. */
  noDrop: number
  inconclusive: number
  /** Candidate trials on average, without those that confirm a suspect. */
  trials: number
  /** Dollars on average; null where a task's cost is unknown. */
  costUsd: number | null
}

/**
 * From the bounds, with the normal approximation of both z values: the sum of drops is as spread as `spreadOf` says, and moves as
 * a Brownian motion from look to look (Jennison and Turnbull 2000, Group Sequential Methods, chapter 8 and 19).
 */
export function forecast(plan: AdaptivePlan, drop: number): AdaptiveForecast {
  const { tasks, options, looks } = plan
  const suite = tasks.length + plan.skipped.length
  const known = knownTasks(tasks.map(({ base }) => base))
  const counts = looks.map(({ round }) => tasks.map(task => trialsBy(task, round, options)))
  // Skipped tasks lose nothing, so the others lose more for the same mean.
  const losses = tasks.length > 0 ? lossesOf(known, (drop * suite) / tasks.length) : []
  const spreads = counts.map(trials => spreadOf(known, losses, trials))
  const last = spreads.at(-1)
  if (!last || last.deviation === 0)
    return { drop, regressed: 0, noDrop: 0, inconclusive: 1, trials: sum(counts.at(-1) ?? []), costUsd: null }

  const stops = stopChances(
    looks.map(({ changedFrom, noDropFrom }, i) => {
      const { deviation, testError } = spreads[i] ?? last
      const trialsOf = (at: number): number => counts[i]?.[at] ?? 1
      const floor = mean(tasks.map(({ base }, at) => 1 / base.graded + 1 / trialsOf(at))) / 4
      const fallen = sum(
        known.map(({ rate, baseTrials }, at) => {
          const pooled = (rate ?? 0) - ((losses[at] ?? 0) * trialsOf(at)) / (baseTrials + trialsOf(at))
          return Math.max(0, varianceGained(pooled, (assumedFall * options.margin) / 100)) / trialsOf(at)
        }),
      )
      const wholeError = Math.sqrt(testError ** 2 + floor + fallen)
      const noDropBelow = (options.margin / 100) * suite - noDropFrom * wholeError
      return {
        fraction: (last.deviation / deviation) ** 2,
        upper: (changedFrom * testError) / deviation,
        lower: Math.max(noDropBelow, -changedFrom * testError) / deviation,
      }
    }),
    last.drop / last.deviation,
  )
  const stopped = stops.map(({ above, below }) => above + below)
  const goesOn = 1 - sum(stopped)
  const expected = (ofLook: readonly number[]): number =>
    sum(ofLook.map((value, i) => value * ((stopped[i] ?? 0) + (i === ofLook.length - 1 ? goesOn : 0))))
  const costs = tasks.map(({ costUsd }) => costUsd)
  const costOf = (trials: readonly number[]): number => sum(trials.map((n, i) => n * (costs[i] ?? 0)))
  return {
    drop,
    regressed: sum(stops.map(({ above }) => above)),
    noDrop: sum(stops.map(({ below }) => below)),
    inconclusive: goesOn,
    trials: expected(counts.map(sum)),
    costUsd: costs.includes(null) ? null : expected(counts.map(costOf)),
  }
}

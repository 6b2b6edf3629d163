import type { SetupForecast, SuiteForecast } from '../core/suite-forecast.ts'
import { count } from '../core/words.ts'
import { aligned } from './columns.ts'
import { formatCost, formatDuration, unknown } from './format.ts'

/** The two tables of a forecast: how the gate is likely to end, and how many trials a given drop takes. */
export function forecastTables(
  setup: SetupForecast,
  { margin, obstacles }: SuiteForecast,
  concurrency: number,
): string[] {
  const ends = obstacles.length === 0 ? endsTable(setup, margin, concurrency) : []
  return [...ends, ...(ends.length > 0 ? [''] : []), ...dropsTable(setup)]
}

function endsTable({ adaptive }: SetupForecast, margin: number, concurrency: number): string[] {
  if (!adaptive) return []
  const rows = adaptive.ends.map(({ drop, regressed, noDrop, inconclusive, trials, costUsd, hours }) => [
    drop === 0 ? 'nothing changed' : `it fell by ${pointsOf(drop)}${marked(drop, margin)}`,
    outOf(regressed),
    outOf(noDrop),
    outOf(inconclusive),
    String(Math.round(trials)),
    formatCost(costUsd),
    hours === null ? unknown : hoursText(hours / concurrency),
  ])
  return aligned([['if in truth', 'regressed', 'no drop', 'undecided', 'trials', 'cost', 'time'], ...rows])
}

function marked(drop: number, margin: number): string {
  return Math.abs(drop - margin / 100) < 1e-12 ? ' (margin)' : ''
}

function dropsTable({ fixed, stored, tasks }: SetupForecast): string[] {
  const all = Object.keys(stored).length || tasks.unknown.length
  const perTrial = fixed.costUsd === null || fixed.trials === 0 ? null : fixed.costUsd / fixed.trials
  const rows = fixed.drops.map(({ drop, power, needed }) => {
    const trials = (needed?.perTask ?? 0) * all
    const cost = perTrial === null ? '' : `, about ${formatCost(perTrial * trials)}`
    const takes =
      needed === null
        ? 'more than 1000 trials of each task'
        : needed.side === 'both'
          ? `${count(needed.perTask, 'trial')} of each task, and as many in the baseline (${count(trials, 'trial')} each${cost})`
          : `${count(needed.perTask, 'trial')} of each task (${trials} in all${cost})`
    return [pointsOf(drop), outOf(power), takes]
  })
  return aligned([['a drop of', 'is found in', 'to find it 4 times out of 5 takes'], ...rows], 2)
}

function pointsOf(drop: number): string {
  return count(Number((drop * 100).toFixed(2)), 'point')
}

/** A chance in [0,1]: "86 of 100" */
export function outOf(chance: number): string {
  return `${Math.round(chance * 100)} of 100`
}

/** Hours as a length of time; days of a plan are told in hours. */
export function hoursText(hours: number): string {
  return formatDuration(hours * 3_600_000)
}

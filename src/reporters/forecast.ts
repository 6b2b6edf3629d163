import { sum } from '../core/stats/pair.ts'
import { count, percent, someOf } from '../core/words.ts'
import type { SetupForecast, SuiteForecast } from '../core/suite-forecast.ts'
import { forecastTables, hoursText, outOf } from './forecast-tables.ts'
import { formatCost } from './format.ts'
import type { TextStyle } from './comparison.ts'
import { safeText, wrap } from './text.ts'

/** How the runs are spread over this machine. */
export interface ForecastStyle extends TextStyle {
  /** Trials at a time. */
  concurrency: number
}

/** What a gate can see and what it takes, for `agent-eval plan`: first what it sees, then what it costs, then how to do better. */
export function renderForecast(forecast: SuiteForecast, style: ForecastStyle): string {
  const { suite, tasks, trials, margin, setups } = forecast
  const head = `PLAN. ${suite}: ${count(tasks, 'task')}, ${count(trials, 'trial')} of each, margin ${count(margin, 'point')}. Nothing was run.`
  const lines = (text: string): string[] => wrap(safeText(text), style.columns - 2).map(line => `  ${line}`)
  const blocks = setups.map(setup =>
    [
      style.paint.strong(safeText(titleOf(setup))),
      ...[...whatItSees(setup, forecast), ...whatItTakes(setup, style)].flatMap(lines),
      '',
      ...forecastTables(setup, forecast, style.concurrency),
      '',
      ...[...naming(setup), ...tellingTasks(setup)].flatMap(lines),
    ].join('\n'),
  )
  return [wrap(head, style.columns).join('\n'), ...blocks, ...inAll(setups, style)].join('\n\n')
}

/** What all setups take together. */
function inAll(setups: readonly SetupForecast[], { concurrency }: ForecastStyle): string[] {
  if (setups.length < 2) return []
  const costs = setups.map(({ fixed }) => fixed.costUsd)
  const hours = setups.map(({ fixed }) => fixed.hours)
  const cost = costs.includes(null)
    ? 'dollars unknown'
    : `about ${formatCost(sum(costs.map(usd => usd ?? 0)))}`
  const time = hours.includes(null)
    ? 'hours unknown'
    : `about ${hoursText(sum(hours.map(some => some ?? 0)) / concurrency)}`
  const trials = count(sum(setups.map(({ fixed }) => fixed.trials)), 'trial')
  return [`All ${setups.length} setups together: at most ${trials}, ${cost}, ${time}.`]
}

function titleOf({ setup, accepted, baseline }: SetupForecast): string {
  if (!accepted) return `${setup}: nothing is accepted for it yet`
  const errored = baseline.errored > 0 ? ` (${baseline.errored} more errored)` : ''
  return `${setup}: against ${count(baseline.graded, 'baseline trial')}${errored}`
}

function whatItSees(
  setup: SetupForecast,
  { margin, obstacles, usualVariance, trials }: SuiteForecast,
): string[] {
  const { fixed, adaptive, tasks } = setup
  const early = adaptive !== null && obstacles.length === 0
  const smallest = early ? adaptive.smallestDrop : fixed.smallestDrop
  const found = early
    ? adaptive.ends.find(({ drop }) => sameDrop(drop, margin))?.regressed
    : fixed.drops.find(({ drop }) => sameDrop(drop, margin))?.power
  const inFull =
    early && fixed.smallestDrop !== null
      ? ` (with --fixed, which never stops early: ${dropWords(fixed.smallestDrop)})`
      : ''
  const guess = `This is a guess, as there is no baseline: trials are taken to vary as they usually do (variance ${usualVariance} of one trial), and ${count(trials, 'trial')} of each task to be the baseline.`
  return [
    ...(Object.keys(setup.stored).length === 0 ? [guess] : []),
    smallest === null
      ? 'It cannot see any drop 4 times out of 5, not even one to 0 %.'
      : `It sees a drop of ${dropWords(smallest)} 4 times out of 5${inFull}.`,
    ...(found === undefined
      ? []
      : [`A drop as large as the margin is called a regression by ${outOf(found)} such gates.`]),
    ...(smallest !== null && smallest > margin / 100 + 1e-12 ? [tooSmall(smallest, margin)] : []),
    ...(obstacles.length > 0 ? [`It cannot stop early: ${obstacles.join('; ')}.`] : []),
    ...(tasks.unknown.length > 0 && setup.accepted
      ? [
          `Not compared, as the baseline does not have ${tasks.unknown.length === 1 ? 'it' : 'them'} as ${tasks.unknown.length === 1 ? 'it is' : 'they are'} now: ${someOf(tasks.unknown)}.`,
        ]
      : []),
  ]
}

function whatItTakes({ fixed, adaptive }: SetupForecast, { concurrency }: ForecastStyle): string[] {
  const { trials, costUsd, hours } = fixed
  const unchanged = adaptive?.ends[0]
  const cost =
    costUsd === null ? 'dollars unknown (no stored trial tells its cost)' : `about ${formatCost(costUsd)}`
  const time =
    hours === null
      ? 'hours unknown'
      : `about ${hoursText(hours / concurrency)} with ${concurrency} at a time, of agents alone: grading comes on top`
  const usually =
    unchanged && unchanged.trials < trials
      ? ` If nothing changed it takes ${Math.round(unchanged.trials)} trials on average${unchanged.costUsd === null ? '' : ` (about ${formatCost(unchanged.costUsd)})`}.`
      : ''
  return [
    `It takes at most ${count(trials, 'trial')} (more only to be sure of tasks that look broken): ${cost}; ${time}.${usually}`,
  ]
}

function naming({ baseTrialsToName, tasks, stored }: SetupForecast): string[] {
  const few = tasks.cannotBeNamed.map(task => withCounts(task, stored))
  return [
    `To tell which task is broken takes ${count(baseTrialsToName, 'baseline trial')} of it that all passed, more if some failed.`,
    ...(few.length > 0
      ? [`Too few passes are stored for that of: ${someOf(few)}. Accept more runs: the baseline grows.`]
      : []),
  ]
}

/** Fewer trials that all passed may be luck. */
const fewTrials = 5

function tellingTasks({ tasks, stored, changed }: SetupForecast): string[] {
  const named = (names: readonly string[]): string => someOf(names.map(task => withCounts(task, stored)))
  const lucky = tasks.alwaysPass.filter(task => (stored[task]?.graded ?? 0) < fewTrials)
  const solid = tasks.alwaysPass.length - lucky.length
  const flaky = tasks.flaky.map(
    ({ task, passRate, n, shareOfVariance }) =>
      `${task} (${percent(passRate)} of ${n}, ${percent(shareOfVariance)} of the noise)`,
  )
  const rest = tasks.alwaysFail.filter(task => !tasks.skipped.includes(task))
  return [
    ...(flaky.length > 0 ? [`Flaky, so they make the noise: ${someOf(flaky)}.`] : []),
    ...(tasks.skipped.length > 0
      ? [`Cannot get worse, as they never pass, and are not run: ${named(tasks.skipped)}.`]
      : []),
    ...(rest.length > 0 ? [`Never passed so far, so they can hardly get worse: ${named(rest)}.`] : []),
    ...(lucky.length > 0
      ? [`Always passed, but in fewer than ${fewTrials} trials, which may be luck: ${named(lucky)}.`]
      : []),
    ...(solid > 0 ? [`${count(solid, 'task')} always passed: a drop will show, an improvement cannot.`] : []),
    ...(changed.length > 0 ? [`Changed since the baseline was accepted: ${someOf(changed)}.`] : []),
  ]
}

function withCounts(task: string, stored: SetupForecast['stored']): string {
  const counts = stored[task]
  return counts ? `${task} (${counts.passed}/${counts.graded})` : task
}

/** Margins are told in whole steps of five points. */
function tooSmall(smallest: number, margin: number): string {
  const wider = Math.ceil(smallest * 20 - 1e-9) * 5
  return `So it is too small for its margin of ${count(margin, 'point')}, and many gates will end undecided: plan for more trials or tasks, or for a margin of ${wider} points.`
}

/** A drop in (0,1]: never shown smaller than it is. */
function dropWords(drop: number): string {
  const points = drop < 0.03 ? Math.ceil(drop * 1000) / 10 : Math.ceil(drop * 100)
  return count(points, 'point')
}

function sameDrop(drop: number, points: number): boolean {
  return Math.abs(drop - points / 100) < 1e-12
}

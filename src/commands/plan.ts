import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { plan as planTrials } from '../core/plan.ts'
import { forecastSuite } from '../core/suite-forecast.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { renderForecast } from '../reporters/forecast.ts'
import { paintFor } from '../reporters/paint.ts'
import { readBaselineIfAny } from './baseline-file.ts'
import { answer, answerJson, type Io } from './io.ts'
import { load } from './wiring.ts'

export interface PlanOptions {
  task?: string[]
  setup?: string[]
  tag?: string[]
  trials?: number
  margin?: number
  /** In percentage points. */
  drop?: number[]
  baseline?: string
  concurrency?: number
  eager?: boolean
  json?: boolean
}

/** `agent-eval plan SUITE`: what a gate can see, what it costs, and which tasks tell nothing, before any money is spent. */
export async function plan(file: string, options: PlanOptions, io: Io): Promise<ExitCode> {
  const suite = await load(file, io)
  const specs = planTrials(suite, {
    tasks: options.task,
    setups: options.setup,
    tags: options.tag,
    trials: options.trials,
  })
  const path = options.baseline === undefined ? suite.gate.baseline : resolve(io.cwd, options.baseline)
  const baseline = path === null ? null : await readBaselineIfAny(path, io)
  if (options.baseline !== undefined && !baseline)
    throw new UserError(
      `${options.baseline}: there is no such baseline. Leave --baseline out to plan without one`,
    )
  if (baseline && baseline.suite !== suite.name)
    throw new UserError(
      `the baseline is of suite ${baseline.suite}, not of ${suite.name}: name the right file with --baseline`,
    )
  const concurrency = options.concurrency ?? Math.max(2, availableParallelism())
  const forecast = forecastSuite(suite, specs, baseline, {
    margin: options.margin ?? suite.gate.margin,
    drops: options.drop ?? [],
    eager: options.eager ?? false,
  })
  if (options.json) answerJson(io, { ...forecast, concurrency })
  else
    answer(
      io,
      renderForecast(forecast, {
        paint: paintFor(io.stdout, io.env),
        columns: io.stdout.columns ?? 100,
        concurrency,
      }),
    )
  return exitCodes.pass
}

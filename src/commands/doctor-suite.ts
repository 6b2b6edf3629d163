import { plan } from '../core/plan.ts'
import { UserError, exitCodes, isOutside, type ExitCode } from '../errors.ts'
import { pricesOf } from '../gateway/prices.ts'
import type { AgentCanary } from '../model/agent-canary.ts'
import type { Sandbox } from '../contracts.ts'
import type { Setup } from '../model/suite.ts'
import { canaryCost } from '../reporters/canary-text.ts'
import { renderChecks, type Check } from '../reporters/checks.ts'
import { paintFor } from '../reporters/paint.ts'
import { budgetOf } from './budget.ts'
import { asksModel, runCanaries } from './canaries.ts'
import type { DoctorOptions } from './doctor.ts'
import { imagesFor } from './images.ts'
import { answerJson, tell, type Io } from './io.ts'
import { networksOf } from './network.ts'
import { checkReadiness } from './readiness.ts'
import { serviceAt } from './services.ts'
import { families, load, sandboxFor } from './wiring.ts'

/**
 * `agent-eval doctor SUITE`: whether all that the suite's setups need is here, and whether the agent of each works with its own
 * service and model. Exit code 4 if not.
 */
export async function doctorSuite(file: string, options: DoctorOptions, io: Io): Promise<ExitCode> {
  const suite = await load(file, io)
  const specs = plan(suite, { setups: options.setup, trials: 1 })
  const setups = Object.values(suite.setups).filter(({ name }) => specs.some(({ setup }) => setup === name))
  const budget = budgetOf(suite.budget, {})
  const { failure, ready } = await orFailure(async () => {
    const sandbox = await sandboxFor(suite.isolation)
    const tasks = specs.map(({ task }) => task)
    const images = await imagesFor(suite, tasks, sandbox, line => tell(io, line))
    await checkReadiness(suite, specs, { ...families, sandbox, images }, budget, io)
    await networksOf(suite, specs, { ...families, sandbox }, io)
    return { sandbox, images }
  })
  const checks: Check[] = ready
    ? await Promise.all(setups.map(setup => describe(setup, ready.sandbox, io)))
    : [{ group: 'setups', name: suite.name, state: 'broken', message: failure }]

  let canaries: Record<string, AgentCanary> | null = {}
  if (ready && !options.quick) {
    const asking = setups.filter(setup => asksModel(setup)).length
    if (asking > 0)
      tell(
        io,
        `Trying the agents of ${asking} setups with their own models: a few model calls each, which cost.`,
      )
    const spent = { costUsd: 0, tokens: 0, calls: 0 }
    canaries = await runCanaries({ suite, specs, ...ready, budget: { limits: budget, spent } }, io)
    if (canaries === null) return exitCodes.interrupted
    checks.push(...canaryChecks(setups, canaries))
  }
  const ok = checks.every(({ state }) => state !== 'broken')
  if (options.json) answerJson(io, { ok, checks, canaries })
  else {
    tell(io, renderChecks(checks, paintFor(io.stderr, io.env), io.stderr.columns))
    const tried = Object.values(canaries)
    if (tried.length > 0) tell(io, `The canaries cost: ${canaryCost(tried)}`)
  }
  return ok ? exitCodes.pass : exitCodes.infrastructure
}

/** What goes wrong outside is an answer here. */
async function orFailure<T>(
  work: () => Promise<T>,
): Promise<{ failure: string; ready: null } | { failure: null; ready: T }> {
  try {
    return { failure: null, ready: await work() }
  } catch (error) {
    if (!(error instanceof UserError) && !isOutside(error)) throw error
    return { failure: error.message, ready: null }
  }
}

/** What a setup's agent asks, as far as it is known before it does. */
async function describe(setup: Setup, { isolation }: Sandbox, io: Io): Promise<Check> {
  const service = serviceAt(isolation.level, setup, families, io.env)
  const agent = [setup.harness.type, ...(setup.model === null ? [] : [setup.model])].join(', ')
  const check = (message: string): Check => ({
    group: 'setups',
    name: setup.name,
    state: 'ok',
    message: `${agent}${message}`,
  })
  if (!asksModel(setup)) return check(': asks no model')
  if (!service) return check(': asks its model by itself, past the gateway')
  const { knows } = await pricesOf(service)
  const names = setup.model === null ? [] : [setup.model, setup.model.slice(setup.model.indexOf('/') + 1)]
  const price = names.some(knows) ? 'price known' : 'price NOT known, so its cost will be unknown'
  const key = service.key === null ? 'with the agent’s own credentials' : `key ${service.key} is set`
  return check(` at ${service.url}, ${key}, ${price}`)
}

function canaryChecks(setups: readonly Setup[], canaries: Record<string, AgentCanary>): Check[] {
  return setups.map(({ name }): Check => {
    const canary = canaries[name]
    if (!canary) return { group: 'canaries', name, state: 'ok', message: 'asks no model: nothing to prove' }
    const { ok, message, agentVersion } = canary
    const who = agentVersion === null ? '' : `${agentVersion}: `
    return {
      group: 'canaries',
      name,
      state: ok ? 'ok' : 'broken',
      message: `${who}${ok ? 'proven, ' : 'DOES NOT WORK, '}${message}`,
    }
  })
}

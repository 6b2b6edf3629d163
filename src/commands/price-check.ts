import { UserError } from '../errors.ts'
import type { Harness, ModelLimits, Sandbox } from '../contracts.ts'
import { pricesOf } from '../gateway/prices.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { Registry } from '../registry.ts'
import { tell, type Io } from './io.ts'
import { serviceAt } from './services.ts'

/**
 * A limit in dollars can be held only where the price of a model is known. Throws UserError before anything is paid for, and
 * says of which setups a run's budget sees nothing.
 */
export async function checkPrices(
  setups: readonly Setup[],
  tasks: readonly Pick<Task, 'limits'>[],
  budget: ModelLimits,
  parts: { harnesses: Registry<Harness>; sandbox: Pick<Sandbox, 'isolation'> },
  io: Io,
): Promise<void> {
  const isLimited = budget.costUsd !== null || tasks.some(({ limits }) => limits.maxCostUsd !== null)
  const unpriced: string[] = []
  const unseen: string[] = []
  for (const setup of setups) {
    const service = serviceAt(parts.sandbox.isolation.level, setup, parts, io.env)
    if (!service) unseen.push(setup.name)
    else if (isLimited && setup.model !== null) {
      const names = [setup.model, setup.model.slice(setup.model.indexOf('/') + 1)]
      const { knows } = await pricesOf(service)
      if (!names.some(knows)) unpriced.push(`  setup ${setup.name}: ${setup.model} of ${service.url}`)
    }
  }
  if (unpriced.length > 0)
    throw new UserError(
      `maxCostUsd cannot be held for models whose price is not known:\n${unpriced.join('\n')}\nGive the prices in the setup, in US dollars per million tokens, as in\n  service: { url: …, prices: { MODEL: { input: 1, cacheRead: 0.1, output: 5 } } }\nor limit maxTokens or maxTurns instead.`,
    )
  const hasBudget = Object.values(budget).some(limit => limit !== null)
  if (hasBudget && unseen.length > 0)
    tell(
      io,
      `note: ${unseen.join(', ')}: these agents do not go through the gateway, so the budget does not see what they use.`,
    )
}

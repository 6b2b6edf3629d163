import type { Gateway, ModelLimits, Spent } from '../contracts.ts'
import { allowanceOf } from './allowance.ts'
import { openServer, type GatewayServer } from './server.ts'
import { openConnections } from './service-upstream.ts'
import { openTrial } from './trial.ts'

export interface GatewayOptions {
  /** Of this machine: how it reaches the network. */
  env: NodeJS.ProcessEnv
  /** What all trials together may use. */
  budget: ModelLimits
  /** What they have used before: of a run that goes on. */
  spent?: Spent
}

/** The gateway of a run. Its server is opened with the first trial. Whoever makes it has to close it. */
export function openGateway({ env, budget, spent }: GatewayOptions): Gateway {
  const allowance = allowanceOf(budget, 'the run', spent)
  const connections = openConnections(env)
  let opened: Promise<GatewayServer> | null = null
  return {
    async open(trial) {
      const server = await (opened ??= openServer())
      return openTrial(trial, { server, allowance }, connections.to(trial.service.url), [])
    },
    budgetSpent: () => allowance.reached(),
    async close() {
      await (await opened)?.close()
      await connections.close()
    },
  }
}

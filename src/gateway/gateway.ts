import type { Gateway, ModelLimits, OpenGateway, Spent } from '../contracts.ts'
import { allowanceOf } from './allowance.ts'
import { openServer, type GatewayServer } from './server.ts'
import { openConnections } from './service-upstream.ts'
import { openTape } from './tape.ts'
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
  const trials = new Set<OpenGateway>()
  return {
    async open(trial) {
      const server = await (opened ??= openServer())
      const tape = await openTape(trial, await connections.to(trial.service.url))
      const open = await openTrial(trial, { server, allowance }, tape)
      const way = {
        ...open,
        close() {
          trials.delete(way)
          return open.close()
        },
      }
      trials.add(way)
      return way
    },
    budgetSpent: () => allowance.reached(),
    async close() {
      // Of an interrupted run.
      await Promise.all([...trials].map(trial => trial.close()))
      await (await opened)?.close()
      connections.close()
    },
  }
}

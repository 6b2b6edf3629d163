import { exitCodes } from '../errors.ts'
import { killAll } from '../util/process-tree.ts'
import { tell, type Io } from './io.ts'

/**
 * The first Ctrl-C (or SIGTERM, SIGHUP) aborts `signal`: running agents are ended and what is finished is kept. The second
 * one ends all processes at once.
 */
export function onInterrupt(io: Io): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const handle = (): void => {
    if (controller.signal.aborted) {
      killAll()
      process.exit(exitCodes.interrupted)
    }
    tell(io, '\nStopping: ending the running agents. Once more to stop at once.')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, handle)
  return {
    signal: controller.signal,
    release() {
      for (const signal of signals) process.off(signal, handle)
    },
  }
}

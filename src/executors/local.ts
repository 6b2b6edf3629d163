import pLimit from 'p-limit'
import type { Executor } from '../contracts.ts'

/**
 * Runs trials in this process, at most `concurrency` at a time, in the order of the plan. Once `signal` is aborted nothing
 * new starts, and what was running is dropped without a result: it is neither done nor failed.
 */
export function localExecutor(concurrency: number, signal: AbortSignal): Executor {
  return async (specs, run, onTrial) => {
    const limit = pLimit(concurrency)
    const failures: unknown[] = []
    await Promise.all(
      specs.map(spec =>
        limit(async () => {
          if (signal.aborted || failures.length > 0) return
          try {
            const trial = await run(spec)
            await onTrial(trial)
          } catch (error) {
            // A bug, or a disk that takes nothing more: start nothing new, let the running ones finish, then tell.
            if (!signal.aborted) failures.push(error)
          }
        }),
      ),
    )
    if (failures.length > 0) throw failures[0]
  }
}

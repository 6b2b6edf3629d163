import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { ModelLimits, Spent } from '../contracts.ts'

const minuteMs = 60_000

/** What model calls may use together: of one trial, or of a whole run. */
export interface Allowance {
  /** Why no call may begin any more, in plain words; null while one may. */
  reached(): string | null
  /**
   * Waits until a call may begin, and counts it; gives back what has to be called when it has ended. Gives the reason where
   * none may begin any more.
   */
  enter(signal: AbortSignal): Promise<Entered | string>
}

export interface Entered {
  /** Unknown cost or tokens count nothing. */
  leave(used: { costUsd: number | null; tokens: number | null }): void
  /** As if it had never begun. */
  undo(): void
}

/** `whose` begins the sentence: `the trial`, `the run`. */
export function allowanceOf(limits: ModelLimits, whose: string, before?: Spent): Allowance {
  const spent = { costUsd: before?.costUsd ?? 0, tokens: before?.tokens ?? 0, calls: before?.calls ?? 0 }
  /** Under way. */
  let open = 0
  /** The most that one call has used: what another one may use. */
  const largest = { costUsd: 0, tokens: 0 }
  /** When the calls of the last minute began. */
  let begun: number[] = []
  let waiting: (() => void)[] = []

  const reached = (): string | null => {
    if (limits.calls !== null && spent.calls >= limits.calls)
      return `${whose} has used the ${limits.calls} model calls that it may make`
    if (limits.costUsd !== null && spent.costUsd >= limits.costUsd)
      return `${whose} has spent $${rounded(spent.costUsd)} of the $${limits.costUsd} that it may cost`
    if (limits.tokens !== null && spent.tokens >= limits.tokens)
      return `${whose} has used ${spent.tokens} of the ${limits.tokens} tokens that it may use`
    return null
  }
  /** Calls at the same time do not see each other's use: close to a limit they come one after the other. */
  const mayPass = (): boolean =>
    open > 0 &&
    ((limits.costUsd !== null && spent.costUsd + (open + 1) * largest.costUsd > limits.costUsd) ||
      (limits.tokens !== null && spent.tokens + (open + 1) * largest.tokens > limits.tokens))

  const anEnd = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      waiting.push(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
    })
  const ended = (): void => {
    open--
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
  }
  const roomMs = (): number => {
    if (limits.callsPerMinute === null) return 0
    const now = performance.now()
    begun = begun.filter(at => now - at < minuteMs)
    const oldest = begun[begun.length - limits.callsPerMinute]
    return oldest === undefined ? 0 : oldest + minuteMs - now
  }

  return {
    reached,
    async enter(signal) {
      for (;;) {
        signal.throwIfAborted()
        const reason = reached()
        if (reason !== null) return reason
        const ms = roomMs()
        if (ms > 0) await wait(Math.ceil(ms), undefined, { signal })
        else if (mayPass()) await anEnd(signal)
        else break
      }
      const at = performance.now()
      open++
      spent.calls++
      if (limits.callsPerMinute !== null) begun.push(at)
      return {
        leave({ costUsd, tokens }) {
          spent.costUsd += costUsd ?? 0
          spent.tokens += tokens ?? 0
          largest.costUsd = Math.max(largest.costUsd, costUsd ?? 0)
          largest.tokens = Math.max(largest.tokens, tokens ?? 0)
          ended()
        },
        undo() {
          spent.calls--
          begun = begun.filter(each => each !== at)
          ended()
        },
      }
    },
  }
}

function rounded(usd: number): string {
  return usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(2)
}

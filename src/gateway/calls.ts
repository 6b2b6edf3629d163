import type { ModelApi } from '../model/service.ts'
import type { Allowance } from './allowance.ts'
import type { CallWithTools } from './metered.ts'
import type { Observer } from './observer.ts'
import type { Prices } from './prices.ts'
import type { Upstream } from './upstream.ts'

/** What the calls of one trial share. */
export interface Calls {
  api: ModelApi
  key: string | null
  upstream: Upstream
  prices: Prices
  /** Of the trial, then of the run: each has to let a call in. */
  allowances: readonly Allowance[]
  observers: readonly Observer[]
  /** When the attempt began. */
  startedAt: number
  /** Aborts when the attempt is over. */
  signal: AbortSignal
  nextNumber(): number
  onLimit(reason: string, allowance: Allowance): void
  onEnd(call: CallWithTools): void
}

import type { AdaptiveOutcome } from '../model/adaptive.ts'
import type { Side } from '../model/report.ts'
import type { Trouble } from './adaptive/infrastructure.ts'
import type { Evidence } from './evidence.ts'
import type { PairedTask, TaskPair } from './paired-tasks.ts'

/** What an adaptive gate came to. */
export interface AdaptiveFinding {
  outcome: AdaptiveOutcome
  trouble: readonly Trouble[]
}

export interface CompareOptions {
  /** The largest drop that is still acceptable, in percentage points. */
  margin: number
  /** Inconclusive stops a gate as well. */
  strict: boolean
  /** Whether the decision is an exit code; else the comparison only informs, and its exit code is 0. */
  gate: boolean
  /** Holds sides against each other that were measured under different conditions. */
  force?: boolean
  /** How the candidate's trials were chosen and weighed; left out where all were planned beforehand. */
  adaptive?: AdaptiveFinding | undefined
}

/** All that a verdict rests on. */
export interface Case {
  base: Side
  candidate: Side
  paired: readonly PairedTask[]
  /** Those that can be compared, and what they say; null if there is none. */
  pairs: readonly TaskPair[]
  evidence: Evidence | null
  options: CompareOptions
}

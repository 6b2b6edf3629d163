import type { Decision } from '../model/report.ts'

/** What no comparison can see, but a gate must not overlook. */
export interface Problem {
  decision: Decision
  /** A whole sentence with what to do next. */
  reason: string
}

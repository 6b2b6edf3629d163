/** What came of deriving something again from stored evidence. */
export interface Finding {
  /** Id of the trial; null where it is about the run. */
  trial: string | null
  /** `problem`: it does not follow. `unknown`: it cannot be checked. */
  kind: 'problem' | 'unknown'
  message: string
}

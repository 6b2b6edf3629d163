import type { Patch } from '../contracts.ts'
import type { Outcome } from '../model/trial.ts'
import { sha256 } from '../util/json.ts'

/** The facts of a patch that are stored in the trial's line. */
export function toOutcome(patch: Patch): Outcome {
  return {
    patchSha256: sha256(patch.text),
    patchBytes: Buffer.byteLength(patch.text),
    changedFiles: patch.changedFiles,
    linesAdded: patch.linesAdded,
    linesRemoved: patch.linesRemoved,
  }
}

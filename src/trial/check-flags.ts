import { findTampering, type Signs } from '../core/tampering/find.ts'
import { InfraError } from '../errors.ts'
import type { Flag } from '../model/flag.ts'
import type { Task } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { transcriptFile } from './parts.ts'
import { readTranscript } from './read-transcript.ts'

/** Derives the flags and notices of a trial again from its stored patch and transcript. Returns what differs, in half sentences. */
export function checkFlags(
  trial: Trial,
  stored: { patch: string; transcript: string },
  task: Task | undefined,
): string[] {
  if (trial.grades.length === 0) return []
  try {
    const transcript = readTranscript(stored.transcript, transcriptFile)
    const found = findTampering({ patch: stored.patch, transcript, grades: trial.grades }, task)
    return (['flags', 'notices'] as const).flatMap(key => differences(key, found, trial))
  } catch (error) {
    if (!(error instanceof InfraError)) throw error
    return [error.message]
  }
}

function differences(key: keyof Signs, found: Signs, trial: Signs): string[] {
  const kinds = (flags: readonly Flag[]): string => flags.map(({ kind }) => kind).join(', ') || 'none'
  const [ours, theirs] = [found[key], trial[key]]
  if (kinds(ours) !== kinds(theirs))
    return [`its patch and transcript give the ${key} ${kinds(ours)}, it says ${kinds(theirs)}`]
  return JSON.stringify(ours) === JSON.stringify(theirs)
    ? []
    : [`the evidence of its ${key} is not what its patch and transcript give`]
}

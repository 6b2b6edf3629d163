import type { Trial } from '../model/trial.ts'

/** A trial that was started again, with what its earlier starts came to; a trial that is graded again is no start. */
export function withEarlierStarts(trial: Trial, before: Trial | undefined): Trial {
  if (!before || before.startedAt === trial.startedAt) return trial
  const cost = before.attempt ? before.attempt.costUsd : 0
  return {
    ...trial,
    starts: before.starts + 1,
    spentBeforeUsd: cost === null || before.spentBeforeUsd === null ? null : before.spentBeforeUsd + cost,
  }
}

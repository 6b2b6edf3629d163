import type { Spending } from '../model/spending.ts'
import type { Trial } from '../model/trial.ts'

/** What was spent on starts that came to no end: the program was ended meanwhile. */
export function lostSpending(
  spending: readonly Spending[],
  stored: readonly Pick<Trial, 'id' | 'startedAt'>[],
): Spending[] {
  const ended = new Set(stored.map(({ id, startedAt }) => `${startedAt} ${id}`))
  return spending.filter(({ trial, startedAt }) => !ended.has(`${startedAt} ${trial}`))
}

/** A trial that was started again, with what its earlier starts came to; a trial that is graded again is no start. */
export function withEarlierStarts(
  trial: Trial,
  before: Trial | undefined,
  lost: readonly Spending[] = [],
): Trial {
  if (before?.startedAt === trial.startedAt) return trial
  const since = before?.startedAt ?? ''
  // Those before it are part of it.
  const own = lost.filter(spent => spent.trial === trial.id && spent.startedAt > since)
  if (!before && own.length === 0) return trial
  const ofEnded = before ? [before.attempt ? before.attempt.costUsd : 0, before.spentBeforeUsd] : []
  const costs = [...ofEnded, ...own.map(({ costUsd }) => costUsd)]
  return {
    ...trial,
    starts: (before?.starts ?? 0) + new Set(own.map(({ startedAt }) => startedAt)).size + 1,
    spentBeforeUsd: costs.reduce<number | null>(
      (sum, cost) => (sum === null || cost === null ? null : sum + cost),
      0,
    ),
  }
}

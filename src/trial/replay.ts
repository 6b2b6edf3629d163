import type { Metered } from '../model/model-call.ts'
import type { Attempt } from '../model/trial.ts'

/** Why a strict replay is over: the call that was not as recorded. Null while it goes on, and for a loose one. */
export function divergenceOf(replay: Metered['replay'] | undefined): string | null {
  if (replay?.mode !== 'strict' || !replay.diverged) return null
  return `the replay diverged at model call ${replay.diverged.call}: ${replay.diverged.why}`
}

/** What a reader should know of a replayed trial, in whole sentences. */
export function replayRemarks(attempt: Attempt | null): string[] {
  const replay = attempt?.metered?.replay
  if (!replay) return []
  const { diverged, unused, mode } = replay
  const next = mode === 'loose' ? ', and the replay went on loosely' : ''
  return [
    ...(diverged ? [`The replay diverged at model call ${diverged.call}: ${diverged.why}${next}.`] : []),
    ...(unused > 0
      ? [
          `${unused === 1 ? '1 recorded model call was' : `${unused} recorded model calls were`} never asked for.`,
        ]
      : []),
  ]
}

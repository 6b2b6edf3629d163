import type { Verdict } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import { count } from './format.ts'

/** Why what was measured is not what the setups say, in whole sentences; empty if nothing speaks against it. */
export function doubtsIn({ summaries }: RunManifest): string[] {
  return summaries.flatMap(({ contextProof }) => contextProof?.reasons ?? [])
}

/** What else is known of how context reached the models, and the doubts that a verdict does not tell. */
export function contextNotices(run: RunManifest, verdict: Verdict | null): string[] {
  const doubts = verdict === null ? [] : doubtsIn(run)
  return [
    ...doubts.filter(doubt => !verdict?.reasons.some(reason => reason.includes(doubt))),
    ...run.summaries.flatMap(({ setup, contextProof }) =>
      (contextProof?.notes ?? []).map(note => `${setup}: ${note}`),
    ),
  ]
}

/** Of each setup whether its context reached its model; null where nobody looked. */
export function contextText({ summaries }: RunManifest): string | null {
  const lines = summaries.flatMap(({ setup, contextProof }) => {
    if (!contextProof) return []
    const { verdict, attempts, items } = contextProof
    const own = items.filter(({ expected }) => expected).length
    const foreign = items.length - own
    const seen = {
      proven: [
        ...(own > 0 ? [`${count(own, 'text')} of its own reached the model`] : []),
        ...(foreign > 0 ? ['none of other setups did'] : []),
      ].join(', '),
      invalid: 'NOT VALID, its own did not reach the model',
      contaminated: 'NOT VALID, that of another setup reached the model',
      untold: 'not known',
    }[verdict]
    return [`${setup}: ${seen} (${count(attempts, 'trial')})`]
  })
  return lines.length === 0 ? null : lines.join('; ')
}

import { canaryRubric } from '../judge-canary.ts'
import type { ModelCall } from './model-server.ts'

export const goodCanary = JSON.stringify({ score: 1, verdict: 'pass', reasons: ['it adds'] })
export const badCanary = JSON.stringify({ score: 0, verdict: 'fail', reasons: ['it does not add'] })

/** Which sample of ours a call asks about; null if it asks about a trial. */
export function canaryOf({ prompt }: ModelCall): 'good' | 'bad' | null {
  if (!prompt.includes(JSON.stringify(canaryRubric).slice(1, -1))) return null
  return prompt.includes('return a + b') ? 'good' : 'bad'
}

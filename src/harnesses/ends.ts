import { InfraError } from '../errors.ts'
import type { TranscriptEvent } from '../model/trial.ts'

/** What is thrown when the run was interrupted: the attempt is neither done nor failed. */
export function interrupted(): InfraError {
  return new InfraError('the run was interrupted before the agent had ended')
}

/** Where every transcript starts: what the agent was asked. */
export function asked(prompt: string): TranscriptEvent {
  return { type: 'message', role: 'user', text: prompt, atMs: 0 }
}

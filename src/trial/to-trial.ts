import type { Signs } from '../core/tampering/find.ts'
import type { Attempt, Grade, Outcome, Trial } from '../model/trial.ts'

type TrialKey = Omit<
  Extract<Trial, { status: 'errored' }>,
  'status' | 'phase' | 'message' | 'attempt' | 'outcome' | 'grades' | 'flags' | 'notices'
>

interface Judged extends Signs {
  attempt: Attempt
  outcome: Outcome
  grades: Grade[]
}

/**
 * The trial that follows from its grades and flags. It passes if all required graders pass, the agent did not crash, and no
 * flag tells of tampering, which also takes the score; it has no result (errored) if a required grader could not judge.
 */
export function toTrial(key: TrialKey, judged: Judged): Trial {
  const { attempt, outcome, grades, flags, notices } = judged
  const kept = { attempt, outcome, grades, flags, notices }
  const unscored = grades.filter(grade => grade.status === 'unscored')
  const scored = grades.filter(grade => grade.status === 'scored')
  const missing = unscored.find(grade => grade.required) ?? (scored.length === 0 ? unscored[0] : undefined)
  if (missing) {
    const message = `grader ${missing.grader} could not judge: ${missing.reason}`
    return { status: 'errored', ...key, phase: 'grade', message, ...kept }
  }
  const weights = scored.reduce((sum, grade) => sum + grade.weight, 0)
  const mean = scored.reduce((sum, grade) => sum + grade.weight * grade.score, 0) / weights
  const score = flags.length > 0 ? 0 : Math.min(1, Math.max(0, mean))
  const worked = attempt.stop !== 'crash' && scored.every(grade => grade.pass || !grade.required)
  return { status: 'graded', ...key, ...kept, score, pass: worked && flags.length === 0 }
}

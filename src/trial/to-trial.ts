import type { Attempt, Grade, Outcome, Trial } from '../model/trial.ts'

type TrialKey = Omit<
  Extract<Trial, { status: 'errored' }>,
  'status' | 'phase' | 'message' | 'attempt' | 'outcome' | 'grades'
>

/**
 * The trial that follows from its grades. It passes if all required graders pass and the agent did not crash; it has no
 * result (errored) if a required grader could not judge.
 */
export function toTrial(
  key: TrialKey,
  evidence: { attempt: Attempt; outcome: Outcome; grades: Grade[] },
): Trial {
  const { attempt, outcome, grades } = evidence
  const unscored = grades.filter(grade => grade.status === 'unscored')
  const scored = grades.filter(grade => grade.status === 'scored')
  const missing = unscored.find(grade => grade.required) ?? (scored.length === 0 ? unscored[0] : undefined)
  if (missing) {
    const message = `grader ${missing.grader} could not judge: ${missing.reason}`
    return { status: 'errored', ...key, phase: 'grade', message, attempt, outcome, grades }
  }
  const weights = scored.reduce((sum, grade) => sum + grade.weight, 0)
  const score = scored.reduce((sum, grade) => sum + grade.weight * grade.score, 0) / weights
  const pass = attempt.stop !== 'crash' && scored.every(grade => grade.pass || !grade.required)
  return { status: 'graded', ...key, attempt, outcome, grades, score: Math.min(1, Math.max(0, score)), pass }
}

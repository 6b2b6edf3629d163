import { specOf } from '../core/plan.ts'
import type { Task } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { toTrial } from './to-trial.ts'

/** What of a trial does not follow from its own grades, its id and the graders of its task, in half sentences. */
export function checkVerdict(trial: Trial, task: Task | undefined): string[] {
  const mistakes: string[] = []
  const spec = specOf(trial.id)
  if (spec.task !== trial.task || spec.setup !== trial.setup || spec.index !== trial.index)
    mistakes.push('its task, setup or index are not those of its id')
  if (spec.seed !== trial.seed) mistakes.push(`its seed is ${trial.seed}, its id gives ${spec.seed}`)
  if (trial.status === 'graded' || trial.grades.length > 0) mistakes.push(...checkGraders(trial, task))
  if (trial.grades.length === 0)
    return trial.status === 'graded' ? [...mistakes, 'it is graded without a grade'] : mistakes

  const { attempt, outcome, grades, flags, notices } = trial
  if (!attempt || !outcome) return [...mistakes, 'it has grades, but no attempt or outcome']
  const derived = toTrial(trial, { attempt, outcome, grades, flags, notices })
  if (derived.status !== trial.status)
    return [...mistakes, `its grades make it ${derived.status}, it says ${trial.status}`]
  if (derived.status !== 'graded' || trial.status !== 'graded') return mistakes
  const and = flags.length > 0 ? ' and flags' : ''
  if (derived.pass !== trial.pass)
    mistakes.push(`its grades${and} give ${word(derived.pass)}, it says ${word(trial.pass)}`)
  if (Math.abs(derived.score - trial.score) > 1e-9)
    mistakes.push(`its grades${and} give score ${derived.score}, it says ${trial.score}`)
  return mistakes
}

function checkGraders(trial: Trial, task: Task | undefined): string[] {
  if (!task) return ['its task is not in suite.json']
  const shown = (
    graders: readonly { name: string; type: string; weight: number; required: boolean }[],
  ): string =>
    graders
      .map(({ name, type, weight, required }) => JSON.stringify([name, type, weight, required]))
      .join(' ')
  const given = trial.grades.map(grade => ({ ...grade, name: grade.grader }))
  return shown(given) === shown(task.graders) ? [] : ['its grades are not those of the graders of its task']
}

const word = (pass: boolean): string => (pass ? 'pass' : 'fail')

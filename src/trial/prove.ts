import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { attemptThat } from '../core/attempt.ts'
import { findTampering } from '../core/tampering/find.ts'
import { InfraError, UserError } from '../errors.ts'
import type { Patch, PreparedSource } from '../contracts.ts'
import type { Task } from '../model/suite.ts'
import type { Grade } from '../model/trial.ts'
import { fixOf, gradeAttempt } from './grade.ts'
import { toOutcome } from './outcome.ts'
import type { TrialParts } from './parts.ts'

/**
 * What became of one task. `proven`: its reference passes and no change at all fails, each time it was tried. `unprovable`:
 * the suite gives nothing to prove it with. `unproven`: something outside failed.
 */
export interface Proof {
  task: string
  result: 'proven' | 'refuted' | 'unprovable' | 'unproven'
  /** Whole sentences: what was expected, what happened, what to do. Empty for a proven task. */
  problems: string[]
  /** Graders that a patch alone cannot prove. */
  leftOut: string[]
  reference: Grade[]
  nothing: Grade[]
}

/** Nobody worked: the patch is judged alone. */
const noAgent = attemptThat('finished', 0)

const bare = { files: {}, strip: [] }

/** Grades a task's reference patch, which must pass, and an empty patch, which must fail, `times` times each. */
export async function prove(task: Task, times: number, parts: TrialParts, logs: string): Promise<Proof> {
  const provable = task.graders.filter(spec => parts.grader(spec.type).provable !== false)
  const proof: Proof = {
    task: task.id,
    result: 'unproven',
    problems: [],
    leftOut: task.graders.filter(spec => !provable.includes(spec)).map(spec => spec.name),
    reference: [],
    nothing: [],
  }
  if (!provable.some(spec => spec.required)) {
    proof.problems.push('No required grader can judge a patch alone, so nothing can be proven.')
    return { ...proof, result: 'unprovable' }
  }
  const subject = { ...task, graders: provable }
  try {
    const prepared = await parts.prepared(task.source)
    const reference = await referenceOf(task, prepared, parts)
    if (reference === null) {
      proof.problems.push(
        'The task has no reference: give it "reference: PATCH" or "fix: { commit, hidden }".',
      )
      return { ...proof, result: 'unprovable' }
    }
    for (let time = 0; time < times; time++) {
      proof.nothing = await gradePatch(subject, prepared, nothing, join(logs, `nothing-${time}`), parts)
      proof.reference = await gradePatch(subject, prepared, reference, join(logs, `reference-${time}`), parts)
      proof.problems.push(...problemsOf(proof), ...flagsOf(proof, reference, task))
      if (proof.problems.length > 0) break
    }
  } catch (error) {
    parts.signal.throwIfAborted()
    if (error instanceof UserError) return { ...proof, result: 'refuted', problems: [error.message] }
    if (!(error instanceof InfraError)) throw error
    return { ...proof, problems: [error.message] }
  }
  const unscored = [...proof.reference, ...proof.nothing].some(grade => grade.status === 'unscored')
  return { ...proof, result: proof.problems.length === 0 ? 'proven' : unscored ? 'unproven' : 'refuted' }
}

const nothing: Patch = { text: '', changedFiles: [], linesAdded: 0, linesRemoved: 0 }

async function referenceOf(task: Task, prepared: PreparedSource, parts: TrialParts): Promise<Patch | null> {
  const text = task.reference ?? (await fixOf(task, prepared, parts))?.reference ?? null
  if (text === null) return null
  const workspace = await parts.workspaces.create(prepared, bare)
  try {
    await workspace.apply(text).catch((error: unknown) => {
      throw error instanceof InfraError ? new UserError(`The reference of the task: ${error.message}`) : error
    })
    return await workspace.capture()
  } finally {
    await workspace.dispose()
  }
}

async function gradePatch(
  task: Task,
  prepared: PreparedSource,
  patch: Patch,
  logs: string,
  parts: TrialParts,
): Promise<Grade[]> {
  await mkdir(logs, { recursive: true })
  const evidence = { attempt: noAgent, transcript: [], outcome: toOutcome(patch), patch: patch.text }
  return gradeAttempt(task, evidence, { prepared, placement: bare, logs }, parts)
}

/** A reference that would be flagged asks of agents what is taken for tampering. */
function flagsOf(proof: Proof, { text }: Patch, task: Task): string[] {
  const { flags } = findTampering({ patch: text, transcript: [], grades: proof.reference }, task)
  return flags.map(
    ({ kind, explanation, evidence: [first] }) =>
      `The reference patch would be flagged (${kind}): ${explanation} ${first && 'file' in first ? `${first.file}:${first.line ?? 1}: ${first.text}` : ''}`,
  )
}

function problemsOf({ reference, nothing: untouched }: Proof): string[] {
  const unscored = [...reference, ...untouched].flatMap(grade =>
    grade.status === 'unscored' ? [`Grader ${grade.grader} could not judge: ${grade.reason}`] : [],
  )
  if (unscored.length > 0) return [...new Set(unscored)]
  const failing = reference.flatMap(grade =>
    grade.status === 'scored' && grade.required && !grade.pass
      ? [`The reference patch must pass, but grader ${grade.grader} says: ${grade.explanation}`]
      : [],
  )
  const allPass = untouched.every(grade => !grade.required || (grade.status === 'scored' && grade.pass))
  return allPass
    ? [
        ...failing,
        'No change at all must fail, but every required grader passes: the task is solved before the agent starts.',
      ]
    : failing
}

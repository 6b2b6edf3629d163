import { expect, test } from 'vitest'
import { aGrade, aKey, anAttempt, anOutcome } from '../testing/builders.ts'
import type { Grade } from '../model/trial.ts'
import { toTrial } from './to-trial.ts'

const judge = (grades: Grade[], attempt = anAttempt()): ReturnType<typeof toTrial> =>
  toTrial(aKey(), { attempt, outcome: anOutcome(), grades, flags: [], notices: [] })

test('a trial passes if all required graders pass', () => {
  expect(judge([aGrade(), aGrade({ grader: 'diff' })])).toMatchObject({
    status: 'graded',
    pass: true,
    score: 1,
  })
  expect(judge([aGrade(), aGrade({ grader: 'diff', pass: false, score: 0 })])).toMatchObject({
    pass: false,
    score: 0.5,
  })
})

test('a grader that is not required moves the score, not the verdict', () => {
  const trial = judge([
    aGrade({ weight: 3 }),
    aGrade({ grader: 'style', required: false, pass: false, score: 0 }),
  ])
  expect(trial).toMatchObject({ pass: true, score: 0.75 })
})

test('a required grader that could not judge leaves the trial without a result, with what was paid for', () => {
  const unscored: Grade = {
    status: 'unscored',
    grader: 'judge',
    type: 'judge',
    weight: 1,
    required: true,
    reason: 'no answer',
  }
  expect(judge([aGrade(), unscored])).toMatchObject({
    status: 'errored',
    phase: 'grade',
    message: 'grader judge could not judge: no answer',
    attempt: anAttempt(),
  })
  expect(judge([aGrade(), { ...unscored, required: false }])).toMatchObject({
    status: 'graded',
    pass: true,
    score: 1,
  })
  expect(judge([{ ...unscored, required: false }])).toMatchObject({ status: 'errored' })
})

test('an agent that crashed never passes; one that ran out of time or money is judged by its outcome', () => {
  expect(judge([aGrade()], anAttempt({ stop: 'crash' }))).toMatchObject({ status: 'graded', pass: false })
  expect(judge([aGrade()], anAttempt({ stop: 'timeout' }))).toMatchObject({ pass: true })
  expect(judge([aGrade()], anAttempt({ stop: 'limit' }))).toMatchObject({ pass: true })
})

test('one flag takes pass and score, a notice takes nothing', () => {
  const sign = { kind: 'x', explanation: 'e', evidence: [{ command: 'c' }] }
  const evidence = { attempt: anAttempt(), outcome: anOutcome(), grades: [aGrade()] }
  const flagged = toTrial(aKey(), { ...evidence, flags: [sign], notices: [] })
  expect(flagged).toMatchObject({ status: 'graded', pass: false, score: 0, flags: [sign] })
  const noticed = toTrial(aKey(), { ...evidence, flags: [], notices: [sign] })
  expect(noticed).toMatchObject({ status: 'graded', pass: true, score: 1, notices: [sign] })
})

test('a judge can take a pass away, but not give one', () => {
  const tests = { grader: 'tests', pass: false, score: 0 }
  const approving = { grader: 'judge', type: 'judge', weight: 100 }
  expect(judge([aGrade(tests), aGrade(approving)])).toMatchObject({ pass: false })
  expect(judge([aGrade(), aGrade({ ...approving, pass: false, score: 0 })])).toMatchObject({ pass: false })
})

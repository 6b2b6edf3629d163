import { UserError } from '../errors.ts'
import type { Trial } from '../model/trial.ts'
import { canonicalJson } from '../util/json.ts'
import { latestRows } from './rows.ts'
import { cohenKappa } from './stats/agreement.ts'
import {
  correctedRate,
  fewestLabels,
  judgeQuality,
  roganGladen,
  unequalErrors,
  type CorrectedRate,
  type JudgeQuality,
  type Label,
} from './stats/judge.ts'
import { randomFrom } from './stats/random.ts'
import { taskRate, type LikelyRate } from './stats/rate.ts'
import { count, when } from './words.ts'

/** What a person says of one trial, in the place of a grader. */
export interface HumanLabel {
  /** Id of the trial. */
  trial: string
  /** Name of the grader; null where the trial has only one judge. */
  grader: string | null
  pass: boolean
}

/** How far the verdicts of one judge can be relied on. */
export interface Calibration {
  grader: string
  labels: number
  quality: JudgeQuality
  /** Cohen's kappa with the 5 and 95 % quantiles of 2,000 bootstraps; null where it is not defined. */
  kappa: LikelyRate | null
  /** Each setup's rate by the judge, by its labels corrected for its errors, and by the errors alone. */
  setups: {
    setup: string
    labels: number
    judged: LikelyRate
    corrected: CorrectedRate | null
    byErrors: number | null
  }[]
  /** Pairs of setups on which it seems to err unequally. */
  unequal: { base: string; candidate: string; p: number }[]
  mayGate: boolean
  /** Why it may not, in whole sentences; each says what to do. */
  reasons: string[]
}

interface Judged extends Label {
  setup: string
}

/**
 * Compares human labels with what judges said of the same trials. The labels must have been drawn at random. Throws UserError for a
 * label of a trial or grader that is not there, of one without a verdict, or given twice.
 */
export function calibrate(trials: readonly Trial[], labels: readonly HumanLabel[]): Calibration[] {
  // In a fixed order, so that the last bit does not depend on how they came.
  const inOrder = latestRows(trials).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const rows = new Map(inOrder.map(row => [row.id, row]))
  const seen = new Set<string>()
  const judged = labels.map(label => {
    const row = rows.get(label.trial)
    if (!row) throw new UserError(`label of ${label.trial}: the run has no such trial`)
    const { grader, pass } = verdictOn(row, label)
    const key = `${grader} of ${label.trial}`
    if (seen.has(key)) throw new UserError(`${key} is labelled twice: keep one of the labels`)
    seen.add(key)
    return { trial: label.trial, setup: row.setup, grader, judge: pass, human: label.pass }
  })
  const graders = [...new Set(judged.map(({ grader }) => grader))].toSorted()
  return graders.map(grader => {
    const own = judged
      .filter(label => label.grader === grader)
      .toSorted((a, b) => (a.trial < b.trial ? -1 : 1))
    const labelled = new Set(own.map(({ trial }) => trial))
    const others = [...rows.values()]
      .filter(row => !labelled.has(row.id))
      .flatMap(row =>
        row.grades.flatMap(grade =>
          grade.status === 'scored' && grade.grader === grader
            ? [{ setup: row.setup, pass: grade.pass }]
            : [],
        ),
      )
    return calibration(grader, own, others)
  })
}

function verdictOn(row: Trial, { trial, grader }: HumanLabel): { grader: string; pass: boolean } {
  const wanted = row.grades.filter(grade =>
    grader === null ? grade.type === 'judge' : grade.grader === grader,
  )
  const [grade, ...more] = wanted
  if (!grade || more.length > 0) {
    const known = row.grades.map(each => each.grader).join(', ') || 'none'
    throw new UserError(
      grader === null
        ? `label of ${trial}: it has ${wanted.length} judges, so the grader has to be named; its graders: ${known}`
        : `label of ${trial}: it was not graded by "${grader}"; its graders: ${known}`,
    )
  }
  if (grade.status === 'unscored')
    throw new UserError(
      `label of ${trial}: ${grade.grader} came to no verdict (${grade.reason}). Leave this label out`,
    )
  return { grader: grade.grader, pass: grade.pass }
}

function calibration(
  grader: string,
  labels: readonly Judged[],
  others: readonly { setup: string; pass: boolean }[],
): Calibration {
  const quality = judgeQuality(labels)
  const setups = [...new Set([...labels, ...others].map(({ setup }) => setup))].toSorted()
  const of = (setup: string): Judged[] => labels.filter(label => label.setup === setup)
  const unequal = setups.flatMap((base, i) =>
    setups.slice(i + 1).flatMap(candidate => {
      const { p, unequal: differ } = unequalErrors(of(base), of(candidate))
      return differ ? [{ base, candidate, p }] : []
    }),
  )
  const reasons = whyNot(labels.length, quality, unequal)
  return {
    grader,
    labels: labels.length,
    quality,
    kappa: kappaWithRange(labels),
    setups: setups.map(setup => {
      const unlabelled = others.filter(other => other.setup === setup).map(({ pass }) => pass)
      const verdicts = [...of(setup).map(({ judge }) => judge), ...unlabelled]
      const judged = taskRate({ passed: verdicts.filter(Boolean).length, graded: verdicts.length })
      return {
        setup,
        labels: of(setup).length,
        judged,
        corrected: correctedRate(of(setup), unlabelled),
        byErrors: roganGladen(judged.value, quality),
      }
    }),
    unequal,
    mayGate: reasons.length === 0,
    reasons,
  }
}

function whyNot(labels: number, quality: JudgeQuality, unequal: Calibration['unequal']): string[] {
  const { truePass, trueFail, sharpness } = quality
  return [
    ...when(
      labels < fewestLabels,
      `Too few labels: ${labels} of at least ${fewestLabels}, better 100. Its error rates are guesses until then: draw more trials at random, of both verdicts and of every setup.`,
    ),
    ...when(
      truePass === null || trueFail === null,
      `People ${truePass === null ? 'passed' : 'failed'} none of the labelled trials, so one of its error rates is unknown: label more.`,
    ),
    ...when(
      sharpness !== null && sharpness <= 0,
      'It is no better than a coin: mend its rubric, or take another model.',
    ),
    ...unequal.map(
      ({ base, candidate }) =>
        `It errs more on one of ${base} and ${candidate} than on the other, so it would show a change that is none: mend its rubric, then label ${count(fewestLabels, 'trial')} anew.`,
    ),
  ]
}

const resamples = 2000

/** Seeded by the labels, in an order of their own: the same labels give the same range. */
function kappaWithRange(labels: readonly Label[]): LikelyRate | null {
  const word = (pass: boolean): string => (pass ? 'pass' : 'fail')
  const ratings = labels
    .map(({ judge, human }): [string, string] => [word(judge), word(human)])
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1))
  const value = cohenKappa(ratings)
  if (value === null) return null
  const random = randomFrom(canonicalJson(ratings))
  const kappas = Array.from({ length: resamples }, () =>
    cohenKappa(ratings.map((_, __, all) => all[Math.floor(random() * all.length)] ?? ['pass', 'pass'])),
  )
    // A sample in which both only ever say one thing agrees as well as it can.
    .map(kappa => kappa ?? 1)
    .toSorted((a, b) => a - b)
  const quantile = (share: number): number => kappas[Math.round(share * (resamples - 1))] ?? value
  return { value, lo: quantile(0.05), hi: quantile(0.95), n: labels.length }
}

import type { Comparison, Decision, Report } from '../model/report.ts'
import { count } from './format.ts'
import type { Totals } from './totals.ts'

/** Whether the headline is good news, bad news, or no news yet. */
export type Tone = 'good' | 'bad' | 'unsure' | 'quiet' | 'plain'

export interface Headline {
  /** Capital words with a full stop: "REGRESSED." */
  words: string
  tone: Tone
  /** Sentences of the verdict, most important first. */
  reasons: string[]
}

const toneOf: Record<Decision, Tone> = {
  improved: 'good',
  'no-drop': 'good',
  inconclusive: 'unsure',
  regressed: 'bad',
  incomparable: 'unsure',
  infrastructure: 'bad',
}

/** A decision in capital words. `margin` in percentage points; null if there is no comparison that has one. */
export function decisionWords(decision: Decision, margin: number | null): string {
  switch (decision) {
    case 'improved':
      return 'IMPROVED.'
    case 'no-drop':
      return margin === null ? 'NO DROP.' : `NO DROP BEYOND ${margin} ${margin === 1 ? 'POINT' : 'POINTS'}.`
    case 'inconclusive':
      return 'INCONCLUSIVE.'
    case 'regressed':
      return 'REGRESSED.'
    case 'incomparable':
      return 'CANNOT BE COMPARED.'
    case 'infrastructure':
      return 'INFRASTRUCTURE FAILED.'
  }
}

/** The verdict of one comparison as a headline. */
export function comparisonHeadline({ verdict, margin }: Comparison): Headline {
  return {
    words: decisionWords(verdict.decision, margin),
    tone: toneOf[verdict.decision],
    reasons: verdict.reasons,
  }
}

/**
 * What a report says first: the gate's verdict, else that of its only comparison, else how many trials passed.
 * A run that did not end, or measured nothing, says that instead of a count.
 */
export function reportHeadline(report: Report, totals: Totals): Headline {
  const [first, ...others] = report.comparisons
  if (report.verdict !== null) {
    const { decision, reasons } = report.verdict
    const words = decisionWords(decision, first?.margin ?? null)
    return { words, tone: toneOf[decision], reasons }
  }
  if (report.run.status !== 'finished') {
    const words = report.run.status === 'interrupted' ? 'INTERRUPTED' : 'NOT FINISHED'
    return {
      words: `${words} AFTER ${totals.done} OF ${totals.planned} TRIALS.`,
      tone: 'unsure',
      reasons: [],
    }
  }
  if (totals.graded === 0) {
    return { words: 'NOTHING GRADED.', tone: 'bad', reasons: ['No pass rate can be told from this run.'] }
  }
  if (first && others.length === 0) return comparisonHeadline(first)
  return countHeadline(totals)
}

function countHeadline({ passed, graded }: Totals): Headline {
  if (passed < graded) {
    return {
      words: `${passed} OF ${graded} TRIALS PASSED.`,
      tone: passed === 0 ? 'bad' : 'unsure',
      reasons: [],
    }
  }
  return { words: `${graded === 1 ? '1 TRIAL' : `ALL ${graded} TRIALS`} PASSED.`, tone: 'good', reasons: [] }
}

/** "16 of 25 trials passed, 7 failed, 2 crashed; 1 errored, 4 not run": three words for three things, zeros left out. */
export function countsLine({ passed, graded, failed, crashed, errored, planned, done }: Totals): string {
  const bad = [failed > 0 && `${failed} failed`, crashed > 0 && `${crashed} crashed`].filter(
    part => part !== false,
  )
  const outside = [errored > 0 && `${errored} errored`, planned > done && `${planned - done} not run`].filter(
    part => part !== false,
  )
  const measured = graded === 0 ? '0 trials graded' : `${passed} of ${count(graded, 'trial')} passed`
  return [[measured, ...bad].join(', '), outside.join(', ')].filter(part => part !== '').join('; ')
}

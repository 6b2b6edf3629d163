import type { Comparison, Decision, Report } from '../model/report.ts'
import { doubtsIn } from './context-text.ts'
import { count } from './format.ts'
import type { Tone } from './paint.ts'
import type { Totals } from './totals.ts'

export interface Headline {
  /** Capital words with a full stop: "REGRESSED." */
  words: string
  /** What it is about, and the counts: "dates: 16 of 25 trials passed, 9 failed". */
  about: string
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
  'needs-approval': 'bad',
  infrastructure: 'bad',
  invalid: 'bad',
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
    case 'needs-approval':
      return 'NEEDS APPROVAL.'
    case 'infrastructure':
      return 'INFRASTRUCTURE FAILED.'
    case 'invalid':
      return 'NOT VALID.'
  }
}

/** The verdict of one comparison as a headline. */
export function comparisonHeadline({ verdict, margin, base, candidate }: Comparison): Headline {
  return {
    words: decisionWords(verdict.decision, margin),
    about: aboutBoth(base, candidate),
    tone: toneOf[verdict.decision],
    reasons: verdict.reasons,
  }
}

/** As short as tells the two apart: within one run their setups, for one setup where each comes from. */
function aboutBoth(base: Comparison['base'], candidate: Comparison['candidate']): string {
  if (base.label.includes(base.setup) && candidate.label.includes(candidate.setup))
    return `${candidate.label} against ${base.label}`
  if (base.label === candidate.label) return `${candidate.setup} against ${base.setup}`
  if (base.setup === candidate.setup) return `${candidate.setup}: ${candidate.label} against ${base.label}`
  return `${candidate.setup} (${candidate.label}) against ${base.setup} (${base.label})`
}

/**
 * What a report says first: the gate's verdict, else that of its only comparison, else how many trials passed.
 * A run that did not end, or measured nothing, says that instead of a count.
 */
export function reportHeadline(report: Report, totals: Totals): Headline {
  const { name } = report.run.suite
  const [first, ...others] = report.comparisons
  const about = `${name}: ${countsLine(totals)}`
  if (report.verdict !== null) {
    const { decision, reasons } = report.verdict
    return { words: decisionWords(decision, first?.margin ?? null), about, tone: toneOf[decision], reasons }
  }
  if (report.run.status !== 'finished') {
    const words = report.run.status === 'interrupted' ? 'INTERRUPTED' : 'NOT FINISHED'
    const extent = `${words} AFTER ${totals.done} OF ${totals.planned} TRIALS.`
    return { words: extent, about, tone: 'unsure', reasons: [] }
  }
  if (totals.graded === 0) {
    return {
      words: 'NOTHING GRADED.',
      about,
      tone: 'bad',
      reasons: ['No pass rate can be told from this run.'],
    }
  }
  const doubts = doubtsIn(report.run)
  if (doubts.length > 0) return { words: decisionWords('invalid', null), about, tone: 'bad', reasons: doubts }
  if (first && others.length === 0) return { ...comparisonHeadline(first), about }
  return countHeadline(name, totals)
}

function countHeadline(name: string, totals: Totals): Headline {
  const { passed, graded } = totals
  const rest = [...badParts(totals), ...outsideParts(totals)].join(', ')
  const about = rest === '' ? name : `${name}: ${rest}`
  if (passed < graded) {
    const words = `${passed} OF ${graded} TRIALS PASSED.`
    return { words, about, tone: passed === 0 ? 'bad' : 'unsure', reasons: [] }
  }
  return {
    words: `${graded === 1 ? '1 TRIAL' : `ALL ${graded} TRIALS`} PASSED.`,
    about,
    tone: 'good',
    reasons: [],
  }
}

/** "16 of 25 trials passed, 7 failed, 2 crashed; 1 errored, 4 not run": three words for three things, zeros left out. */
export function countsLine(totals: Totals): string {
  const { passed, graded } = totals
  const outside = outsideParts(totals).join(', ')
  if (graded === 0) return outside || 'no trials'
  const measured = [`${passed} of ${count(graded, 'trial')} passed`, ...badParts(totals)].join(', ')
  return outside === '' ? measured : `${measured}; ${outside}`
}

function badParts({ failed, crashed }: Totals): string[] {
  return [...(failed > 0 ? [`${failed} failed`] : []), ...(crashed > 0 ? [`${crashed} crashed`] : [])]
}

function outsideParts({ errored, planned, done }: Totals): string[] {
  return [
    ...(errored > 0 ? [`${errored} errored`] : []),
    ...(planned > done ? [`${planned - done} not run`] : []),
  ]
}

import type { Difference, Ratio } from '../model/report.ts'
import type { Rate } from '../model/run.ts'
import { formatDuration as durationText } from '../util/duration.ts'
import { rounded } from '../util/rounded.ts'

/** Stands for an unknown number wherever a number would stand. Unknown is never written as 0. */
export const unknown = '?'

/** A share in [0,1] as "64 %". Only exactly all is 100 % and only exactly none is 0 %. */
export function formatPercent(share: number): string {
  return `${percentDigits(share)} %`
}

/** What part of the graded trials passed: "16 of 25 (64 %)"; "nothing graded" where there is none. */
export function formatShare(passed: number, graded: number): string {
  return graded === 0 ? 'nothing graded' : `${passed} of ${graded} (${formatPercent(passed / graded)})`
}

/** The likely range of a share in [0,1] as "45-80", in percent. */
export function formatRange(range: { lo: number; hi: number }): string {
  return `${Math.round(range.lo * 100)}-${Math.round(range.hi * 100)}`
}

/**
 * A pass rate with what it rests on: "64 % (16 of 25, likely 45-80)". Without `passed` only the number of graded trials is
 * told: "64 % (25 trials, likely 45-80)". Null is "unknown".
 */
export function formatRate(rate: Rate | null, passed?: number): string {
  if (rate === null) return 'unknown'
  const basis = passed === undefined ? `${rate.n} ${plural(rate.n, 'trial')}` : `${passed} of ${rate.n}`
  return `${formatPercent(rate.value)} (${basis}, likely ${formatRange(rate)})`
}

/** A difference of two shares in [-1,1] as signed percentage points without the word: "-11", "+6", "0", "-0.4". */
export function signedPoints(share: number): string {
  return signed(share * 100)
}

/** A difference of two pass rates: "-11 points, likely between -17 and -5". Null is "unknown". */
export function formatDifference(difference: Difference | null): string {
  if (difference === null) return 'unknown'
  return `${formatPoints(difference.value)}, likely between ${signedPoints(difference.lo)} and ${signedPoints(difference.hi)}`
}

/** A difference of two shares in [-1,1] as "-11 points" or "+1 point". */
export function formatPoints(share: number): string {
  const points = signedPoints(share)
  return `${points} ${Math.abs(Number(points)) === 1 ? 'point' : 'points'}`
}

/** A ratio as a change in percent: "+18 %, likely +5 to +33 (n 25)"; null is "unknown". */
export function formatRatio(ratio: Ratio | null): string {
  if (ratio === null) return 'unknown'
  const value = `${signed((ratio.value - 1) * 100)} %`
  const range =
    ratio.lo === null || ratio.hi === null
      ? 'range unknown'
      : `likely ${signed((ratio.lo - 1) * 100)} to ${signed((ratio.hi - 1) * 100)}`
  return `${value}, ${range} (n ${ratio.n})`
}

/** US dollars: "$0.42", "<$0.01" for less than half a cent, "$1,234" from a hundred dollars on; null is "?". */
export function formatCost(costUsd: number | null): string {
  if (costUsd === null) return unknown
  if (costUsd > 0 && costUsd < 0.005) return '<$0.01'
  return costUsd < 99.995 ? `$${costUsd.toFixed(2)}` : `$${Math.round(costUsd).toLocaleString('en-US')}`
}

/** A score in [0,1]: "0.83"; null is "?". */
export function formatScore(score: number | null): string {
  return score === null ? unknown : score.toFixed(2)
}

/** A difference of two scores: "+0.05, likely -0.01 to +0.11". */
export function formatScoreDifference({ value, lo, hi }: Difference): string {
  const text = (score: number): string => {
    const rounded = Number(score.toFixed(2))
    return `${rounded > 0 ? '+' : ''}${rounded === 0 ? '0' : rounded.toFixed(2)}`
  }
  return `${text(value)}, likely ${text(lo)} to ${text(hi)}`
}

/** A number of model calls: "6.5", "12"; null is "?". */
export function formatTurns(turns: number | null): string {
  return turns === null ? unknown : turns.toFixed(turns < 9.95 && !Number.isInteger(turns) ? 1 : 0)
}

/** A number of tokens: "950", "12.3k", "1.2M"; null is "?". */
export function formatTokens(tokens: number | null): string {
  if (tokens === null) return unknown
  if (tokens < 999.5) return String(Math.round(tokens))
  return tokens < 999_950 ? `${(tokens / 1e3).toFixed(1)}k` : `${(tokens / 1e6).toFixed(1)}M`
}

/** A time in milliseconds: "850ms", "1.2s", "41s", "3m 10s", "1h 5m"; null is "?". */
export function formatDuration(durationMs: number | null): string {
  return durationMs === null ? unknown : durationText(durationMs)
}

/** "1 trial", "3 trials": the number with its noun. */
export function count(n: number, noun: string): string {
  return `${n} ${plural(n, noun)}`
}

/** The noun in the form that goes with the number. */
export function plural(n: number, noun: string): string {
  return n === 1 ? noun : `${noun}s`
}

function percentDigits(share: number): string {
  const whole = Number(rounded(share * 100, 0))
  if (whole >= 100 && share < 1) return '>99'
  if (whole <= 0 && share > 0) return '<1'
  return String(whole)
}

/** Whole numbers, but one decimal below 1 so that a small change is not shown as none. */
function signed(value: number): string {
  const text = rounded(value, Math.abs(value) < 0.95 ? 1 : 0)
  const number = Number(text)
  if (number === 0) return '0'
  return number > 0 ? `+${text}` : text
}

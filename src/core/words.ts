import { rounded } from '../util/rounded.ts'
import type { LikelyDifference } from './stats/interval.ts'

/** `1 trial`, `2 trials` */
export function count(number: number, noun: string): string {
  return `${number} ${plural(number, noun, `${noun}s`)}`
}

export function plural(number: number, one: string, many: string): string {
  return number === 1 ? one : many
}

/** A sentence for those to whom it applies. */
export function when(applies: boolean, sentence: string): string[] {
  return applies ? [sentence] : []
}

/** The first names, and how many more there are. */
export function someOf(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

/** A rate in [0,1]: `64 %` */
export function percent(rate: number, digits = 0): string {
  return `${plain(100 * rate, digits)} %`
}

/** A difference of rates in [-1,1] in percentage points, with its sign: `-11`, `+5`, `0` */
export function points(difference: number, digits = 0): string {
  const text = plain(100 * difference, digits)
  return difference > 0 && Number(text) !== 0 ? `+${text}` : text
}

/** `fell from 64 % to 53 % (-11 points, likely between -17 and -5)` */
export function change(base: number, candidate: number, difference: LikelyDifference): string {
  // A sum of equal rates may differ from 0 in its last bit.
  if (Math.abs(difference.value) < 1e-9)
    return `stayed at ${percent(candidate)} (likely between ${points(difference.lo)} and ${points(difference.hi)} points)`
  // Below one point whole numbers would hide the change.
  const digits = Math.abs(difference.value) < 0.01 ? 1 : 0
  const range = `likely between ${points(difference.lo, digits)} and ${points(difference.hi, digits)}`
  const size = points(difference.value, digits)
  const unit = size === '-1' || size === '+1' ? 'point' : 'points'
  const verb = difference.value < 0 ? 'fell' : 'rose'
  return `${verb} from ${percent(base, digits)} to ${percent(candidate, digits)} (${size} ${unit}, ${range})`
}

/** `Best guess -1 point (likely -8 to +6)` */
export function bestGuess({ value, lo, hi }: LikelyDifference): string {
  // Below one point whole numbers would hide the change; a sum of equal rates may differ from 0 in its last bit.
  const digits = Math.abs(value) < 0.01 && Math.abs(value) >= 1e-9 ? 1 : 0
  const size = points(value, digits)
  const unit = size === '-1' || size === '+1' ? 'point' : 'points'
  return `Best guess ${size} ${unit} (likely ${points(lo, digits)} to ${points(hi, digits)})`
}

/** US dollars: `$61`, and with cents below ten: `$6.10`, `$0.42`, `<$0.01` */
export function dollars(costUsd: number): string {
  if (costUsd > 0 && costUsd < 0.005) return '<$0.01'
  return `$${costUsd.toFixed(costUsd < 9.995 ? 2 : 0)}`
}

/** Without a sign on what rounds to 0. */
function plain(value: number, digits: number): string {
  const text = rounded(value, digits)
  return Number(text) === 0 ? (0).toFixed(digits) : text
}

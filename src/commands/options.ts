import { InvalidArgumentError } from 'commander'
import { parseAge, parseBytes } from '../util/quantity.ts'

/** An option that may be given several times. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value]
}

/** A whole number of at least 1. */
export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('a whole number of at least 1 is expected')
  return value
}

/** An amount in US dollars, more than 0. */
export function dollars(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('an amount in US dollars is expected')
  return value
}

/** Percentage points, up to 100. */
export function points(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 100))
    throw new InvalidArgumentError('a number of percentage points up to 100 is expected')
  return value
}

/** Percent, from 0 to below 100. */
export function percent(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value < 100))
    throw new InvalidArgumentError('a number of percent from 0 to below 100 is expected')
  return value
}

/** Percentage points, several times. */
export function collectPoints(text: string, earlier: number[] = []): number[] {
  return [...earlier, points(text)]
}

/** A size, in bytes. */
export function size(text: string): number {
  const bytes = parseBytes(text)
  if (bytes === null) throw new InvalidArgumentError('a size such as 500MB or 20GB is expected')
  return bytes
}

/** An age, in milliseconds. */
export function age(text: string): number {
  const ms = parseAge(text)
  if (ms === null) throw new InvalidArgumentError('an age such as 12h, 30d or 8w is expected')
  return ms
}

/** Reading values of a shape that others decide, where all of it is optional: what does not fit is as if it were not there. */

export type Loose = Readonly<Record<string, unknown>>

/** An object as it is; anything else as an empty one. */
export function objectOf(value: unknown): Loose {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {}
}

/** An array as it is; anything else as an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string as it is; anything else as an empty one. */
export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

import type { z } from 'zod'
import { objectOf, type Loose } from '../util/loose.ts'

/** Takes in an event of an agent's output, which came so long after the start; false for what is no event. */
export type EventReader = (event: unknown, atMs: number | null) => boolean

/** Reads events of a shape; what does not have it is none. */
export function reads<T>(shape: z.ZodType<T>, read: (event: T, atMs: number | null) => unknown): EventReader {
  return (value, atMs) => {
    const { data, success } = shape.safeParse(value)
    if (success) read(data, atMs)
    return success
  }
}

/** Leaves each event to the reader of its kind. A kind that has none is no fault: agents tell more from version to version. */
export function byKind(
  readers: Readonly<Record<string, EventReader>>,
  kindOf: (event: Loose) => unknown = ({ type }) => type,
): EventReader {
  return (value, atMs) => {
    const kind = kindOf(objectOf(value))
    if (typeof kind !== 'string') return false
    return Object.hasOwn(readers, kind) ? (readers[kind]?.(value, atMs) ?? true) : true
  }
}

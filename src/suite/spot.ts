import { indexOf } from './places.ts'
import type { Mistakes } from './mistakes.ts'
import type { YamlFile } from './yaml.ts'

export type Path = readonly (string | number)[]

/** A place in a YAML file, named by the keys and list positions that lead to it. */
export interface Spot {
  file: YamlFile
  path: Path
}

/** A place inside of another. */
export function inside(spot: Spot, ...path: Path): Spot {
  return { file: spot.file, path: [...spot.path, ...path] }
}

/** What the file has there; undefined if nothing. */
export function valueAt({ file, path }: Spot): unknown {
  let value = file.value
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** Whether the file has something there, be it null. */
export function isThere(spot: Spot): boolean {
  const last = spot.path.at(-1)
  if (last === undefined) return true
  const parent = valueAt({ ...spot, path: spot.path.slice(0, -1) })
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, last)
}

/** Tells a mistake about the value at a place. */
export function blameValue(mistakes: Mistakes, spot: Spot, message: () => string): void {
  if (spot.file.broken.size > 0 && spot.file.broken.has(offsetOf(spot, 'value'))) return
  mistakes.add(spot.file, () => offsetOf(spot, 'value'), message)
}

/** Tells a mistake about the key at a place. */
export function blameKey(mistakes: Mistakes, spot: Spot, message: () => string): void {
  mistakes.add(spot.file, () => offsetOf(spot, 'key'), message)
}

/** A value that is left out stands at its key, and a key that is missing at the start of what it is missing from. */
function offsetOf({ file, path }: Spot, part: 'key' | 'value'): number {
  let container = file.value
  let offset = file.places.get(asObject(container))?.start ?? 0
  for (const [index, step] of path.entries()) {
    const places = file.places.get(asObject(container))
    if (!places || typeof container !== 'object' || container === null) return offset
    const isLast = index === path.length - 1
    const at = typeof step === 'number' ? step : indexOf(step, places)
    if (at < 0) return places.start
    const [key, value] = places.names
      ? [places.offsets[2 * at], places.offsets[2 * at + 1]]
      : [undefined, places.offsets[at]]
    if (key === undefined && value === undefined) return places.start
    offset =
      (isLast && part === 'key' ? key : undefined) ??
      (value !== undefined && value >= 0 ? value : (key ?? places.start))
    container = (container as Record<string | number, unknown>)[step]
  }
  return offset
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : nothing
}

const nothing = {}

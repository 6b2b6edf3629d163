import { z } from 'zod'

/** A key that need not be there. */
export const anything = z.unknown().optional()

/** Parts of what comes from outside: a value of another kind is as good as none. */
export const count = z.number().nonnegative().nullish().catch(null)
export const text = z.string().nullish().catch(null)

/** An object in which other keys are not looked at; anything else is as good as none. */
export function part<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape).nullish().catch(null)
}

/** A list of which everything else is left out. */
export function parts<Item extends z.ZodType>(item: Item) {
  return z.array(z.unknown()).transform(all =>
    all.flatMap(each => {
      const read = item.safeParse(each)
      return read.success && read.data !== null && read.data !== undefined ? [read.data] : []
    }),
  )
}

/** Input that was neither read from a cache nor written to one; services that count all together tell the parts. */
export function uncached(all: number, ...cached: (number | null | undefined)[]): number {
  return Math.max(
    0,
    cached.reduce<number>((left, each) => left - (each ?? 0), all),
  )
}

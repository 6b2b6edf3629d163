import { randomFrom, type Random } from './random.ts'
import type { Tails } from './tails.ts'

const rounds = 20_000

/** Values that differ by less are equal: they come from the same counts, added in another order. */
const tolerance = 1e-9

/**
 * Where the observed sum stands among 20,000 random ones. It counts as one more of them, so that no p value is 0 (Phipson
 * and Smyth 2010, SAGMB 9). The same seed gives the same answer.
 */
export function sampledTails(
  draws: readonly ((random: Random) => number)[],
  observed: number,
  seed: string,
): Tails {
  const random = randomFrom(seed)
  let above = 0
  let equal = 1
  for (let round = 0; round < rounds; round++) {
    let total = 0
    for (const draw of draws) total += draw(random)
    if (total > observed + tolerance) above++
    else if (total > observed - tolerance) equal++
  }
  const all = rounds + 1
  return { above: above / all, equal: equal / all, below: (all - above - equal) / all }
}

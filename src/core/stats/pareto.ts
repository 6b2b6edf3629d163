/** Something that is the better the higher its quality and the lower its cost. */
export interface Offer {
  passRate: number
  /** Null: unknown. It can then neither beat nor be beaten. */
  costUsd: number | null
}

/**
 * Those that no other beats in both quality and cost: whoever takes none of these pays more for no more (Pareto's optimum).
 * In rising order of cost; equals stay all. Where the cost is unknown nothing is said, they are left out.
 */
export function paretoFront<T extends Offer>(offers: readonly T[]): T[] {
  const known = offers.flatMap(offer => (offer.costUsd === null ? [] : [{ offer, costUsd: offer.costUsd }]))
  const beaten = (one: (typeof known)[number]): boolean =>
    known.some(
      other =>
        other.costUsd <= one.costUsd &&
        other.offer.passRate >= one.offer.passRate &&
        (other.costUsd < one.costUsd || other.offer.passRate > one.offer.passRate),
    )
  return known
    .filter(one => !beaten(one))
    .toSorted((a, b) => a.costUsd - b.costUsd)
    .map(({ offer }) => offer)
}

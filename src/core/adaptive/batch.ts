import { randomFrom } from '../stats/random.ts'
import type { AdaptivePlan } from './plan.ts'
import { slotKey, stateOf, type Slot, type Slots } from './slots.ts'

/** One trial to be run next, and why. */
export interface NextTrial extends Slot {
  /** `rerun`: it errored before. `confirm`: its task may be broken. */
  reason: 'round' | 'rerun' | 'canary' | 'confirm'
}

/** Of these slots, those that still need a result, in an order of chance that is the same for the same seed. */
export function openSlots(
  plan: AdaptivePlan,
  slots: Slots,
  wanted: readonly Slot[],
  reason: NextTrial['reason'],
): NextTrial[] {
  const { retries, seed } = plan.options
  const open = wanted.flatMap((slot): NextTrial[] => {
    const state = stateOf(slots, slot, retries)
    if (state === 'waiting') return [{ ...slot, reason }]
    return state === 'again' ? [{ ...slot, reason: 'rerun' }] : []
  })
  return shuffled(open, `${seed} ${open.map(slotKey).toSorted().join(' ')}`)
}

/** Fisher-Yates, from a fixed start: neither side and no task always comes first. */
export function shuffled<T>(items: readonly T[], seed: string): T[] {
  const random = randomFrom(seed)
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [order[last], order[other]]
    if (a === undefined || b === undefined) continue
    order[last] = b
    order[other] = a
  }
  return order
}

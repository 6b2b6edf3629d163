import { margin, naming, price } from './adaptive.ts'
import { falseAlarms, infrastructure, intervals, power, type Effort } from './fixed.ts'
import type { Goal } from './goal.ts'
import { cost, honesty, sameness } from './honest.ts'

/** What is measured for each goal, in the order of the table. */
export const rows: Record<string, (effort: Effort) => Goal[]> = {
  V1: falseAlarms,
  V2: power,
  V3: naming,
  V4: price,
  V5: effort => [...margin(effort), ...intervals(effort)],
  V6: infrastructure,
  V7: honesty,
  V8: cost,
  V9: sameness,
}

/** A few seconds a row, against a few minutes. */
export const efforts = {
  quick: { comparisons: 1000, gates: 300 },
  full: { comparisons: 4000, gates: 2000 },
} as const

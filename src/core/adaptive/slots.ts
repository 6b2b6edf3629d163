import type { Counts } from '../stats/pair.ts'

/** Whose trial: the setup under test, or the baseline's own setup run again today (a canary). */
export type TrialSide = 'candidate' | 'canary'

/** Where one trial stands: the how-manieth of a task, from 0. */
export interface Slot {
  task: string
  side: TrialSide
  index: number
}

/** What is known of one trial so far; one for each slot. */
export interface AdaptiveTrial extends Slot {
  /** How the last start of it ended. */
  result: 'passed' | 'failed' | 'errored'
  /** How often it errored in all. */
  errors: number
  /** Of all its starts together; null where it is unknown. */
  costUsd: number | null
}

/** Trials by their slots. */
export type Slots = ReadonlyMap<string, AdaptiveTrial>

export function slotKey({ side, task, index }: Slot): string {
  return `${side} ${index} ${task}`
}

/** The same whatever the order of the trials. Throws where a slot stands there twice: then nobody knows which one counts. */
export function slotsOf(trials: readonly AdaptiveTrial[]): Slots {
  const slots = new Map(trials.map(trial => [slotKey(trial), trial]))
  if (slots.size !== trials.length) throw new Error('two rows for one trial of an adaptive gate')
  return slots
}

/** `waiting`: not there yet. `again`: errored, and to be started again. `out`: errored too often, left out. */
export type SlotState = 'waiting' | 'again' | 'out' | 'passed' | 'failed'

export function stateOf(slots: Slots, slot: Slot, retries: number): SlotState {
  const trial = slots.get(slotKey(slot))
  if (!trial) return 'waiting'
  if (trial.result !== 'errored') return trial.result
  return trial.errors > retries ? 'out' : 'again'
}

/** Counts of a task's trials before `end`, and how many of them were left out. */
export interface SlotCounts extends Counts {
  out: number
}

/** Only complete stretches may be counted: throws for a trial that has no result yet. */
export function countBefore(
  slots: Slots,
  { task, side }: Omit<Slot, 'index'>,
  end: number,
  retries: number,
): SlotCounts {
  const counts = { passed: 0, graded: 0, out: 0 }
  for (let index = 0; index < end; index++) {
    const state = stateOf(slots, { task, side, index }, retries)
    if (state === 'waiting' || state === 'again') throw new Error(`trial ${index} of ${task} has no result`)
    if (state === 'out') counts.out++
    else counts.graded++
    if (state === 'passed') counts.passed++
  }
  return counts
}

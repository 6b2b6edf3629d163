import { canBeNamed, confirmed, isSuspect, suspicious } from '../stats/confirm.ts'
import { fisherTest } from '../stats/fisher.ts'
import type { Counts } from '../stats/pair.ts'
import type { SeenTask } from './look.ts'
import type { AdaptivePlan } from './plan.ts'
import { countBefore, stateOf, type Slot, type Slots, type SlotState } from './slots.ts'

/** Where the mean has fallen anyway, many tasks are down a little: only those that may be broken are worth more trials. */
const suspiciousAfterDrop = 0.05

/** Once followed up, a task must look worse than before to be given still more trials. */
const suspiciousLater = 0.02

/** Trials of a first closer look: enough to clear a task that failed once by chance. */
const firstStage = 2

/** After that fewer at once are not worth the wait. */
const laterStage = 4

/** What to do about the tasks that may be broken: run these trials first, or name them. */
export type Naming = { state: 'open'; slots: Slot[] } | { state: 'done'; broken: string[]; cleared: string[] }

/**
 * Suspects are brought to a fixed number of trials and tested on all of them at once. That takes stages: whoever cannot be named
 * any more, even if all further trials fail, gets no more. Which tasks are followed up, and when that ends, is free to depend on
 * the data: see `confirmed`.
 */
export function nameBroken(
  plan: AdaptivePlan,
  slots: Slots,
  seen: readonly SeenTask[],
  dropped: boolean,
): Naming {
  const family = plan.tasks.length
  const level = dropped ? suspiciousAfterDrop : suspicious
  const suspects = seen
    .filter(({ base }) => base.graded > 0)
    .filter(pair => isSuspect(pair, level))
    .toSorted((a, b) => fisherTest(a).regressed - fisherTest(b).regressed || (a.task < b.task ? -1 : 1))
  const wanted: Slot[] = []
  const finished: SeenTask[] = []
  for (const suspect of suspects) {
    const next = follow(plan, slots, suspect, suspects.length - 1)
    if (next.state === 'wanted') wanted.push(...next.slots)
    if (next.state === 'finished') finished.push({ ...suspect, candidate: next.candidate })
  }
  if (wanted.length > 0) return { state: 'open', slots: wanted }
  const broken = confirmed(finished, family).map(({ task }) => task)
  const cleared = suspects.map(({ task }) => task).filter(task => !broken.includes(task))
  return { state: 'done', broken: broken.toSorted(), cleared: cleared.toSorted() }
}

type Followed =
  { state: 'wanted'; slots: Slot[] } | { state: 'finished'; candidate: Counts } | { state: 'dropped' }

/** How far one suspect has come; `others` = how many more there are. */
function follow(plan: AdaptivePlan, slots: Slots, suspect: SeenTask, others: number): Followed {
  const { confirmTrials, retries } = plan.options
  const { task, base } = suspect
  const atLook = Math.min(suspect.candidate.graded + suspect.out, confirmTrials)
  let have = atLook
  for (;;) {
    const candidate = countBefore(slots, { task, side: 'candidate' }, have, retries)
    const missing = confirmTrials - have
    if (!canBeNamed({ base, candidate }, missing, plan.tasks.length, others)) return { state: 'dropped' }
    if (missing === 0) return { state: 'finished', candidate }
    if (have > atLook && !isSuspect({ base, candidate }, suspiciousLater)) return { state: 'dropped' }
    const wanted = have === atLook ? firstStage : Math.max(laterStage, Math.ceil(missing / 2))
    const stage = Math.min(missing, wanted)
    const next = Array.from({ length: stage }, (_, i): Slot => ({ task, side: 'candidate', index: have + i }))
    if (next.some(slot => needsResult(stateOf(slots, slot, retries)))) return { state: 'wanted', slots: next }
    have += stage
  }
}

function needsResult(state: SlotState): boolean {
  return state === 'waiting' || state === 'again'
}

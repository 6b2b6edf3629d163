import { driftTest, type Drift } from '../stats/drift.ts'
import { openSlots, shuffled, type NextTrial } from './batch.ts'
import { canPay } from './budget.ts'
import { infrastructureTrouble } from './infrastructure.ts'
import { lookAt, type LookResult, type SeenTask } from './look.ts'
import { nameBroken } from './naming.ts'
import { trialsBy, type AdaptivePlan } from './plan.ts'
import { countBefore, slotsOf, type AdaptiveTrial, type Slot, type Slots } from './slots.ts'
import { stopWith, type AdaptiveStop } from './stop.ts'

/** What an adaptive gate does next: run these trials and ask again with their results, or stop. */
export type NextStep = { kind: 'run'; round: number; trials: NextTrial[] } | AdaptiveStop

/**
 * The next step of an adaptive gate, from all trials so far. Nothing is remembered between calls: every look is taken anew, in
 * order, on the trials that belong to it, so that a stopped run goes on to the same verdict, and the order of the trials does not
 * matter. A look is taken only when every trial of its round has a result or has errored too often.
 */
export function nextStep(plan: AdaptivePlan, trials: readonly AdaptiveTrial[]): NextStep {
  const slots = slotsOf(trials)
  const looks: LookResult[] = []
  let drift: Drift | null = null
  let concurrent = false
  for (const planned of plan.looks) {
    const { round } = planned
    const due = [
      ...openSlots(plan, slots, candidateSlots(plan, round), 'round'),
      ...openSlots(plan, slots, concurrent ? canaryForAll(plan, round) : canarySlots(plan, round), 'canary'),
    ]
    if (due.length > 0) return runOrStop(due, round)
    if (!concurrent && plan.options.canaryShare > 0) {
      drift = driftTest(withCanary(plan, slots, round))
      concurrent = drift?.drifted ?? false
      const more = concurrent ? openSlots(plan, slots, canaryForAll(plan, round), 'canary') : []
      if (more.length > 0) return runOrStop(more, round)
    }

    const seen = seenBy(plan, slots, round, concurrent)
    const bounds = concurrent ? plan.concurrentLooks.find(look => look.round === round) : planned
    // Canary trials had no part in choosing which tasks to skip.
    const skipped = { tasks: plan.skipped.length, passes: concurrent ? 0 : plan.unseenPasses }
    const look = lookAt(seen, bounds ?? planned, plan.options.margin / 100, skipped)
    looks.push(look)
    const last = round === plan.looks.at(-1)?.round
    const trouble = infrastructureTrouble(plan, seen, bounds ?? planned, look, skipped, last)
    if (trouble.stops) return stop('infrastructure', { trouble: trouble.reasons })
    if (look.finding === 'open' && !last) continue

    const naming = nameBroken(plan, slots, seen, look.finding === 'regressed')
    if (naming.state === 'open') return runOrStop(openSlots(plan, slots, naming.slots, 'confirm'), round)
    const { broken, cleared } = naming
    if (look.finding === 'regressed' || broken.length > 0) return stop('regressed', { broken, cleared })
    return stop(look.finding === 'open' ? 'inconclusive' : look.finding, { cleared })
  }
  return stop('inconclusive', {})

  function runOrStop(due: NextTrial[], round: number): NextStep {
    return canPay(plan, trials, due) ? { kind: 'run', round, trials: due } : stop('budget', {})
  }

  function stop(
    verdict: AdaptiveStop['verdict'],
    told: Partial<Pick<AdaptiveStop, 'broken' | 'cleared' | 'trouble'>>,
  ): AdaptiveStop {
    return stopWith(plan, trials, { verdict, looks, drift, concurrent, ...told })
  }
}

function candidateSlots(plan: AdaptivePlan, round: number): Slot[] {
  return plan.tasks.flatMap(planned =>
    stretch(planned.task, 'candidate', trialsBy(planned, round, plan.options)),
  )
}

/** The canary trials by this round, dealt out to the tasks in turn. */
function canarySlots(plan: AdaptivePlan, round: number): Slot[] {
  const wanted = Math.ceil(plan.options.canaryShare * candidateSlots(plan, round).length)
  const order = shuffled(plan.tasks, `canary ${plan.options.seed}`)
  return order.flatMap(({ task }, place) =>
    stretch(task, 'canary', Math.ceil(Math.max(0, wanted - place) / order.length)),
  )
}

function canaryForAll(plan: AdaptivePlan, round: number): Slot[] {
  return plan.tasks.flatMap(planned =>
    stretch(planned.task, 'canary', trialsBy(planned, round, plan.options)),
  )
}

function stretch(task: string, side: Slot['side'], length: number): Slot[] {
  return Array.from({ length }, (_, index) => ({ task, side, index }))
}

/** The stored baseline against its canary trials by this round. */
function withCanary(plan: AdaptivePlan, slots: Slots, round: number): Parameters<typeof driftTest>[0] {
  const canary = canarySlots(plan, round)
  return plan.tasks.map(({ task, base }) => ({
    base,
    candidate: countBefore(
      slots,
      { task, side: 'canary' },
      canary.filter(slot => slot.task === task).length,
      plan.options.retries,
    ),
  }))
}

/** Every task's trials by this round, against the stored baseline or, where the day has changed, against its canary trials. */
function seenBy(plan: AdaptivePlan, slots: Slots, round: number, concurrent: boolean): SeenTask[] {
  const { retries } = plan.options
  return plan.tasks.map(planned => {
    const { task } = planned
    const end = trialsBy(planned, round, plan.options)
    const candidate = countBefore(slots, { task, side: 'candidate' }, end, retries)
    const base = concurrent ? countBefore(slots, { task, side: 'canary' }, end, retries) : planned.base
    return { task, base, candidate, out: candidate.out }
  })
}

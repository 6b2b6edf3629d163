import { adaptivePlan } from '../../core/adaptive/plan.ts'
import { adaptiveDefaults, type AdaptiveOptions } from '../../core/adaptive/options.ts'
import type { AdaptiveStop } from '../../core/adaptive/stop.ts'
import { mean } from '../../core/stats/pair.ts'
import { runAdaptive } from './agent.ts'
import { chanceFrom } from './chance.ts'
import { comparisons, type Effort } from './fixed.ts'
import { percentGoal, type Goal } from './goal.ts'
import { drawTask, taskName } from './sides.ts'
import { drawTruth, type Event, type Mix, type Truth } from './truth.ts'

interface Gate {
  mix: Mix
  event: Event
  baseTrials: number
  options?: Partial<AdaptiveOptions>
  /** Cost of a trial by task, in dollars, drawn once a suite. */
  costs?: 'uneven'
}

const tasks = 20
const rounds = 8

/** Whole adaptive gates from the first batch to the verdict, each on a suite drawn anew. */
export function gates(gate: Gate, { gates: sets, seed }: Effort): { stop: AdaptiveStop; truth: Truth }[] {
  const chance = chanceFrom(seed)
  return Array.from({ length: sets }, () => {
    const truth = drawTruth(chance, gate.mix, tasks, gate.event)
    const costs = new Map(truth.before.map((_, i) => [taskName(i), Math.exp(chance.normal())]))
    const costOf = (task: string): number => costs.get(task) ?? 1
    const base = Object.fromEntries(
      truth.before.map((rate, i) => [
        taskName(i),
        {
          ...drawTask(chance, rate, { trials: gate.baseTrials }),
          costUsd: gate.costs ? [costOf(taskName(i))] : [],
        },
      ]),
    )
    const plan = adaptivePlan(base, { ...adaptiveDefaults, margin: 10, rounds, ...gate.options })
    const after = new Map(truth.after.map((rate, i) => [taskName(i), rate]))
    const passRate = (task: string): number => after.get(task) ?? 0
    const stop = runAdaptive(plan, gate.costs ? { passRate, costUsd: costOf } : { passRate }, chance)
    return { stop, truth }
  })
}

type Gates = ReturnType<typeof gates>

const hits = (sets: Gates, holds: (set: Gates[number]) => boolean): { hits: number; sets: number } => ({
  hits: sets.filter(holds).length,
  sets: sets.length,
})

const isRegressed = ({ stop }: Gates[number]): boolean => stop.verdict === 'regressed'

const changed = ({ before, after }: Truth): string[] =>
  before.flatMap((rate, i) => (after[i] === rate ? [] : [taskName(i)]))

/** Mean of a number in percent of another one, over all sets. */
function meanShare(
  goal: string,
  what: string,
  parts: readonly number[],
  wholes: readonly number[],
  { atMost, beside = '' }: { atMost: number; beside?: string },
): Goal {
  const measured = (100 * mean(parts)) / mean(wholes)
  // Not a share of sets, so the error of a share would be wrong.
  return { goal, what, measured, unit: '%', atMost, atLeast: null, sets: 1, beside }
}

/** V3: one broken task is named, and no other. */
export function naming(effort: Effort): Goal[] {
  const wanted = [
    [20, 95],
    [10, 80],
  ] as const
  const named = wanted.flatMap(([baseTrials, atLeast]) => {
    const sets = gates({ mix: 'swe', event: { kind: 'break-one' }, baseTrials }, effort)
    const byName = ({ stop, truth }: Gates[number]): boolean =>
      changed(truth).every(task => stop.broken.includes(task))
    const wrongly = ({ stop, truth }: Gates[number]): boolean =>
      stop.broken.some(task => !changed(truth).includes(task))
    return [
      percentGoal('V3', `one of 20 breaks, base of ${baseTrials}: named`, hits(sets, byName), { atLeast }),
      percentGoal('V3', `one of 20 breaks, base of ${baseTrials}: another named`, hits(sets, wrongly), {
        atMost: 1,
      }),
    ]
  })
  const quiet = gates({ mix: 'swe', event: { kind: 'nothing' }, baseTrials: 20 }, effort)
  const atLook = quiet.map(({ stop }) => stop.looks.at(-1)?.trials ?? 0)
  const extra = quiet.map(({ stop }, i) => stop.trials.candidate - (atLook[i] ?? 0))
  return [...named, meanShare('V3', 'A/A: runs to confirm, of all others', extra, atLook, { atMost: 10 })]
}

/** V4: half the price for nearly the same power. */
export function price(effort: Effort): Goal[] {
  const events: [string, Event, number][] = [
    ['A/A', { kind: 'nothing' }, 50],
    ['10 points', { kind: 'drop', by: 0.1 }, 55],
    ['20 points', { kind: 'drop', by: 0.2 }, 30],
  ]
  const measured = events.map(([name, event, atMost]) => {
    const runs = (mix: Mix): Gates => gates({ mix, event, baseTrials: 20 }, effort)
    const swe = runs('swe')
    const share = (sets: Gates): number =>
      (100 * mean(sets.map(({ stop }) => stop.trials.candidate))) /
      mean(sets.map(({ stop }) => stop.trials.planned))
    const beside = (['bimodal', 'mature'] as const).map(mix => `${mix} ${share(runs(mix)).toFixed(0)} %`)
    return {
      swe,
      line: meanShare(
        'V4',
        `${name}: runs, of the fixed plan`,
        swe.map(({ stop }) => stop.trials.candidate),
        swe.map(({ stop }) => stop.trials.planned),
        { atMost, beside: beside.join(', ') },
      ),
    }
  })
  const [unchanged, dropped] = measured.map(({ swe }) => hits(swe, isRegressed))
  const fixed = comparisons(
    { tasks, base: 20, candidate: rounds, mix: 'swe', event: { kind: 'drop', by: 0.1 } },
    { ...effort, comparisons: effort.gates },
  ).filter(({ comparison }) => comparison.verdict.decision === 'regressed').length
  const none = { hits: 0, sets: 1 }
  const loss = (100 * (fixed - (dropped ?? none).hits)) / effort.gates
  return [
    ...measured.map(({ line }) => line),
    percentGoal('V4', 'A/A: regressed', unchanged ?? none, { atMost: 5 }),
    {
      goal: 'V4',
      what: '10 points: power lost against the fixed plan',
      measured: loss,
      unit: 'points',
      atMost: 10,
      atLeast: null,
      sets: effort.gates,
      beside: `fixed ${((100 * fixed) / effort.gates).toFixed(1)} %`,
    },
    dollars(effort),
  ]
}

/** Not among the goals of V4, but what it is for: where tasks cost unlike amounts, dollars count. */
function dollars(effort: Effort): Goal {
  const spent = (allocation: AdaptiveOptions['allocation']): number =>
    mean(
      gates(
        { mix: 'swe', event: { kind: 'nothing' }, baseTrials: 20, costs: 'uneven', options: { allocation } },
        effort,
      ).map(({ stop }) => stop.spent.costUsd),
    )
  return meanShare('V4', 'A/A, uneven costs: dollars, of even rounds', [spent('thrifty')], [spent('even')], {
    atMost: 100,
  })
}

/** V5, first half: a drop as large as the margin is rarely waved through. */
export function margin(effort: Effort): Goal[] {
  return (['swe', 'bimodal', 'mature'] as const).map(mix => {
    const sets = gates({ mix, event: { kind: 'drop', by: 0.1 }, baseTrials: 20 }, effort)
    const passes = ({ stop }: Gates[number]): boolean =>
      stop.verdict === 'no-drop' || stop.verdict === 'improved'
    return percentGoal('V5', `${mix}, drop = margin: no drop beyond the margin`, hits(sets, passes), {
      atMost: 14,
    })
  })
}

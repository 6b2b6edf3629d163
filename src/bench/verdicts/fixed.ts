import type { Comparison } from '../../model/report.ts'
import { mean } from '../../core/stats/pair.ts'
import { chanceFrom } from './chance.ts'
import { percentGoal, type Goal } from './goal.ts'
import { drawSide, gate } from './sides.ts'
import { drawTruth, mixNames, type Event, type Mix, type Truth } from './truth.ts'

/** How much is simulated. */
export interface Effort {
  /** Sets of each cell for rows that only compare. */
  comparisons: number
  /** Sets of each cell for rows that drive whole adaptive gates. */
  gates: number
  seed: number
}

/** A suite of fixed size, with so many base and candidate trials of each task. */
interface Size {
  tasks: number
  base: number
  candidate: number
}

interface Cell extends Size {
  mix: Mix
  event: Event
  erroredShare?: { base: number; candidate: number }
}

/** Sets of one cell: each a suite, drawn anew, through the real `compare`. */
export function comparisons(
  cell: Cell,
  { comparisons: sets, seed }: Effort,
): { comparison: Comparison; truth: Truth }[] {
  const chance = chanceFrom(seed)
  return Array.from({ length: sets }, () => {
    const truth = drawTruth(chance, cell.mix, cell.tasks, cell.event)
    const { base = 0, candidate = 0 } = cell.erroredShare ?? {}
    const before = drawSide(chance, 'the baseline', truth.before, { trials: cell.base, erroredShare: base })
    const after = drawSide(chance, 'the run', truth.after, {
      trials: cell.candidate,
      erroredShare: candidate,
    })
    return { comparison: gate(before, after), truth }
  })
}

const isRegressed = ({ comparison }: { comparison: Comparison }): boolean =>
  comparison.verdict.decision === 'regressed'

/** The rule that most others have: worse by more than 5 points. */
const isWorseByFive = ({ comparison }: { comparison: Comparison }): boolean =>
  (comparison.difference?.value ?? 0) < -0.05 - 1e-9

function count<T>(sets: readonly T[], holds: (set: T) => boolean): { hits: number; sets: number } {
  return { hits: sets.filter(holds).length, sets: sets.length }
}

const shareOf = ({ hits, sets }: { hits: number; sets: number }): string =>
  `${((100 * hits) / sets).toFixed(1)} %`

const nothing: Event = { kind: 'nothing' }

/** V1: unchanged setups are rarely called regressed. Over all three mixes. */
export function falseAlarms(effort: Effort): Goal[] {
  const sizes = [
    [10, 3],
    [10, 5],
    [20, 5],
    [50, 3],
  ] as const
  return sizes.map(([tasks, trials]) => {
    const sets = mixNames.flatMap(mix =>
      comparisons({ tasks, base: trials, candidate: trials, mix, event: nothing }, effort),
    )
    return percentGoal(
      'V1',
      `A/A, ${tasks} tasks, ${trials}/${trials} trials: regressed`,
      count(sets, isRegressed),
      {
        atMost: 5.5,
        ...(tasks * trials >= 100 ? { atLeast: 2.5 } : {}),
        beside: `worse by > 5 points: ${shareOf(count(sets, isWorseByFive))}`,
      },
    )
  })
}

/** V2: real drops are found. The goals are those of the mix `swe`; the others stand beside. */
export function power(effort: Effort): Goal[] {
  const cells: [string, Size, Event, number][] = [
    ['20 tasks, 5/5 trials, 10 points', { tasks: 20, base: 5, candidate: 5 }, { kind: 'drop', by: 0.1 }, 62],
    [
      '20 tasks, 20/5 trials, 10 points',
      { tasks: 20, base: 20, candidate: 5 },
      { kind: 'drop', by: 0.1 },
      78,
    ],
    [
      '20 tasks, 5/5 trials, a fifth breaks',
      { tasks: 20, base: 5, candidate: 5 },
      { kind: 'break', share: 0.2 },
      95,
    ],
  ]
  return cells.map(([what, size, event, atLeast]) => {
    const found = (mix: Mix): { hits: number; sets: number } =>
      count(comparisons({ ...size, mix, event }, effort), isRegressed)
    const others = mixNames.filter(mix => mix !== 'swe').map(mix => `${mix} ${shareOf(found(mix))}`)
    return percentGoal('V2', `${what}: regressed`, found('swe'), { atLeast, beside: others.join(', ') })
  })
}

/** V5, second half: the likely range of a difference misses the truth about as often as it says. */
export function intervals(effort: Effort): Goal[] {
  const sizes: Size[] = [
    { tasks: 10, base: 2, candidate: 2 },
    { tasks: 20, base: 5, candidate: 5 },
    { tasks: 50, base: 10, candidate: 2 },
  ]
  const events: [string, Event][] = [
    ['A/A', nothing],
    ['10 points', { kind: 'drop', by: 0.1 }],
  ]
  return sizes.flatMap(size =>
    events.map(([name, event]) => {
      const sets = mixNames.flatMap(mix => comparisons({ ...size, mix, event }, effort))
      const truly = ({ before, after }: Truth): number => mean(after) - mean(before)
      const low = count(
        sets,
        ({ comparison, truth }) => truly(truth) < (comparison.difference?.lo ?? -1) - 1e-9,
      )
      const high = count(
        sets,
        ({ comparison, truth }) => truly(truth) > (comparison.difference?.hi ?? 1) + 1e-9,
      )
      const worse = low.hits > high.hits ? low : high
      const what = `${name}, ${size.tasks} tasks, ${size.base}/${size.candidate} trials: truth beyond one end of the range`
      return percentGoal('V5', what, worse, {
        atMost: 6.5,
        beside: `low ${shareOf(low)}, high ${shareOf(high)}`,
      })
    }),
  )
}

/** V6: failures of the infrastructure are no regression, and are told. */
export function infrastructure(effort: Effort): Goal[] {
  const erroring = (tasks: number): ReturnType<typeof comparisons> =>
    comparisons(
      {
        tasks,
        base: 5,
        candidate: 5,
        mix: 'swe',
        event: nothing,
        erroredShare: { base: 0.005, candidate: 0.06 },
      },
      effort,
    )
  const told = ({ comparison }: { comparison: Comparison }): boolean =>
    comparison.verdict.reasons.some(reason =>
      reason.startsWith('The sides differ in how many trials errored'),
    )
  const asFailures = comparisons(
    { tasks: 50, base: 5, candidate: 5, mix: 'swe', event: nothing },
    { ...effort, comparisons: Math.ceil(effort.comparisons / 4) },
  )
  return [
    percentGoal('V6', 'A/A, 50 tasks, 6 % errors on one side: regressed', count(erroring(50), isRegressed), {
      atMost: 6.5,
      beside: `without errors: ${shareOf(count(asFailures, isRegressed))}`,
    }),
    percentGoal('V6', 'A/A, 200 tasks, 6 % errors on one side: told', count(erroring(200), told), {
      atLeast: 95,
    }),
  ]
}

import { forecast } from '../../core/adaptive/forecast.ts'
import { adaptiveDefaults } from '../../core/adaptive/options.ts'
import { adaptivePlan } from '../../core/adaptive/plan.ts'
import { compare } from '../../core/compare.ts'
import { knownTasks, powerOf } from '../../core/power.ts'
import { sum } from '../../core/stats/pair.ts'
import { golden } from '../../core/stats/testing.ts'
import type { Side } from '../../model/report.ts'
import { runAdaptive } from './agent.ts'
import { chanceFrom } from './chance.ts'
import type { Effort } from './fixed.ts'
import { percentGoal, type Goal } from './goal.ts'
import { countsTask, drawSide, gate, sideOf, taskName } from './sides.ts'
import { drawTruth, mixNames, type Mix } from './truth.ts'

/** V7: what is foretold is what happens. */
export function honesty(effort: Effort): Goal[] {
  const fixed = [
    [20, 5, 5, 0.1],
    [20, 20, 5, 0.1],
    [50, 5, 3, 0.1],
  ] as const
  return [
    ...fixed.map(([tasks, base, trials, drop]) =>
      worst(`${tasks} tasks, ${base}/${trials} trials, ${100 * drop} points`, mix =>
        fixedHonesty(mix, { tasks, base, trials, drop }, effort),
      ),
    ),
    worst('adaptive, 20 tasks, base of 20, 10 points', mix => adaptiveHonesty(mix, 0.1, effort)),
  ]
}

interface Foretold {
  mix: Mix
  foretold: number
  measured: number
  sets: number
}

function worst(what: string, run: (mix: Mix) => Omit<Foretold, 'mix'>): Goal {
  const all = mixNames.map(mix => ({ mix, ...run(mix) }))
  const off = all.map(({ foretold, measured }) => 100 * Math.abs(foretold - measured))
  return {
    goal: 'V7',
    what: `${what}: power foretold, off by`,
    measured: Math.max(...off),
    unit: 'points',
    atMost: 6,
    atLeast: null,
    sets: sum(all.map(({ sets }) => sets)),
    beside: all
      .map(
        ({ mix, foretold, measured }) =>
          `${mix} ${(100 * foretold).toFixed(0)}/${(100 * measured).toFixed(0)} %`,
      )
      .join(', '),
  }
}

function fixedHonesty(
  mix: Mix,
  { tasks, base, trials, drop }: { tasks: number; base: number; trials: number; drop: number },
  { comparisons: sets, seed }: Effort,
): Omit<Foretold, 'mix'> {
  const chance = chanceFrom(seed)
  let [foretold, found] = [0, 0]
  for (let set = 0; set < sets; set++) {
    const { before, after } = drawTruth(chance, mix, tasks, { kind: 'drop', by: drop })
    const stored = drawSide(chance, 'the baseline', before, { trials: base })
    foretold += powerOf(knownTasks(Object.values(stored.tasks)), trials, drop)
    const { verdict } = gate(stored, drawSide(chance, 'the run', after, { trials }))
    if (verdict.decision === 'regressed') found++
  }
  return { foretold: foretold / sets, measured: found / sets, sets }
}

function adaptiveHonesty(mix: Mix, drop: number, { gates: sets, seed }: Effort): Omit<Foretold, 'mix'> {
  const chance = chanceFrom(seed)
  let [foretold, found] = [0, 0]
  for (let set = 0; set < sets; set++) {
    const { before, after } = drawTruth(chance, mix, 20, { kind: 'drop', by: drop })
    const stored = drawSide(chance, 'the baseline', before, { trials: 20 })
    const plan = adaptivePlan(stored.tasks, { ...adaptiveDefaults, margin: 10, rounds: 8 })
    foretold += forecast(plan, drop).regressed
    const rates = new Map(after.map((rate, i) => [taskName(i), rate]))
    if (runAdaptive(plan, { passRate: task => rates.get(task) ?? 0 }, chance).verdict === 'regressed') found++
  }
  return { foretold: foretold / sets, measured: found / sets, sets }
}

/** V8: dearer is seen although some runs cost three times as much by chance. */
export function cost({ comparisons: sets, seed }: Effort): Goal[] {
  const flagged = (factor: number): { hits: number; sets: number } => {
    const chance = chanceFrom(seed)
    let hits = 0
    for (let set = 0; set < sets; set++) {
      const usual = Array.from({ length: 20 }, () => Math.exp(chance.normal()))
      const side = (label: string, by: number): Side =>
        sideOf(
          label,
          usual.map(mean => ({
            ...countsTask(5, 5),
            costUsd: Array.from(
              { length: 5 },
              () => by * mean * Math.exp(0.35 * chance.normal()) * (chance.uniform() < 0.1 ? 3 : 1),
            ),
          })),
        )
      const { costUsd } = gate(side('the baseline', 1), side('the run', factor))
      if ((costUsd?.lo ?? 0) > 1) hits++
    }
    return { hits, sets }
  }
  return [
    percentGoal('V8', '20 tasks, 5/5 trials, 20 % dearer: told', flagged(1.2), { atLeast: 80 }),
    percentGoal('V8', 'A/A: told to be dearer', flagged(1), { atMost: 5.5 }),
  ]
}

/** V9: the same input gives the same bytes, whatever its order; it is fast; the worked example comes out. */
export function sameness({ seed }: Effort): Goal[] {
  const chance = chanceFrom(seed)
  const { before, after } = drawTruth(chance, 'swe', 200, { kind: 'drop', by: 0.03 })
  const base = drawSide(chance, 'the baseline', before, { trials: 10, erroredShare: 0.01 })
  const candidate = drawSide(chance, 'the run', after, { trials: 10 })
  const turned = (side: Side): Side => ({
    ...side,
    tasks: Object.fromEntries(Object.entries(side.tasks).toReversed()),
  })
  const once = JSON.stringify(gate(base, candidate))
  const again = JSON.stringify(gate(turned(base), turned(candidate)))
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now()
    gate(base, candidate)
    return performance.now() - start
  }).toSorted((a, b) => a - b)
  const exact = { unit: '', atLeast: null, sets: 1, beside: '' } as const
  return [
    {
      ...exact,
      goal: 'V9',
      what: 'bytes that depend on the order',
      measured: once === again ? 0 : 1,
      atMost: 0,
    },
    {
      ...exact,
      goal: 'V9',
      what: '200 tasks, 10/10 trials (ragged): compared in',
      unit: 'ms',
      measured: times[2] ?? Number.NaN,
      atMost: 300,
    },
    {
      ...exact,
      goal: 'V9',
      what: 'golden values off by more than 1e-6',
      measured: goldenMisses(),
      atMost: 0,
    },
  ]
}

function goldenMisses(): number {
  const counts = (side: 'base' | 'candidate'): Side =>
    sideOf(
      side,
      golden.map(pair => countsTask(pair[side].passed, pair[side].graded)),
    )
  const { pRegressed, difference } = compare(counts('base'), counts('candidate'), {
    margin: 10,
    strict: false,
    gate: true,
  })
  const expected: [number | undefined | null, number][] = [
    [pRegressed, 0.016514],
    [difference?.lo, -0.291588],
    [difference?.hi, -0.028412],
  ]
  return expected.filter(([value, wanted]) => !(Math.abs((value ?? Number.NaN) - wanted) < 1e-6)).length
}

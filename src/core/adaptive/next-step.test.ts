import { expect, test } from 'vitest'
import { runAdaptive } from '../../bench/verdicts/agent.ts'
import { chanceFrom } from '../../bench/verdicts/chance.ts'
import { nextStep, type NextStep } from './next-step.ts'
import { adaptiveDefaults, type AdaptiveOptions } from './options.ts'
import { adaptivePlan, type AdaptivePlan, type BaseTask } from './plan.ts'
import type { AdaptiveTrial, Slot } from './slots.ts'

const stored = (passed: number, graded: number, costUsd: number[] = []): BaseTask => ({
  passed,
  graded,
  errored: 0,
  costUsd,
})

/** Twenty tasks with a base of twenty trials: ten that always pass, ten that pass 14 times. */
const suite: Record<string, BaseTask> = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) => [`t${String(i).padStart(2, '0')}`, stored(i < 10 ? 20 : 14, 20)]),
)

const planOf = (options: Partial<AdaptiveOptions> = {}, base = suite): AdaptivePlan =>
  adaptivePlan(base, { ...adaptiveDefaults, margin: 10, rounds: 8, allocation: 'even', ...options })

type Answer = Pick<AdaptiveTrial, 'result' | 'costUsd'>

/** Plays a gate to its end; `answer` tells how a start of a trial ends. */
function play(
  plan: AdaptivePlan,
  answer: (slot: Slot, errors: number) => Answer['result'],
  costUsd: number | null = null,
): { stop: Extract<NextStep, { kind: 'stop' }>; trials: AdaptiveTrial[]; steps: NextStep[] } {
  const trials = new Map<string, AdaptiveTrial>()
  const steps: NextStep[] = []
  for (;;) {
    const step = nextStep(plan, [...trials.values()])
    steps.push(step)
    if (step.kind === 'stop') return { stop: step, trials: [...trials.values()], steps }
    for (const { task, side, index } of step.trials) {
      const key = `${task} ${side} ${index}`
      const errors = trials.get(key)?.errors ?? 0
      const result = answer({ task, side, index }, errors)
      trials.set(key, {
        task,
        side,
        index,
        result,
        errors: errors + Number(result === 'errored'),
        costUsd: costUsd === null ? null : (trials.get(key)?.costUsd ?? 0) + costUsd,
      })
    }
  }
}

/** As in the base: the first ten always pass, of the others seven of ten. */
const asBefore = ({ task, index }: Slot): 'passed' | 'failed' =>
  Number(task.slice(1)) < 10 || (index + Number(task.slice(1))) % 10 < 7 ? 'passed' : 'failed'

test('a round is one trial of each task, in an order of chance that the seed decides', () => {
  const first = nextStep(planOf(), [])
  if (first.kind !== 'run') throw new Error('stopped before the first trial')
  expect(first.round).toBe(1)
  expect(first.trials.map(({ task }) => task).toSorted()).toEqual(Object.keys(suite))
  expect(
    first.trials.every(
      ({ side, index, reason }) => side === 'candidate' && index === 0 && reason === 'round',
    ),
  ).toBe(true)
  expect(nextStep(planOf(), [])).toEqual(first)
  expect(nextStep(planOf({ seed: 2 }), [])).not.toEqual(first)
})

test('a setup that does as before ends early with "no drop", and says what it saved', () => {
  const { stop } = play(planOf(), asBefore)
  expect(stop.verdict).toBe('no-drop')
  expect(stop.trials).toMatchObject({
    planned: 160,
    saved: 160 - stop.trials.candidate,
    canary: 0,
    errors: 0,
  })
  expect(stop.trials.candidate).toBeLessThan(110)
  expect(stop.looks.at(-1)?.finding).toBe('no-drop')
})

test('a collapse ends after the first rounds', () => {
  const { stop } = play(planOf(), ({ task }) => (Number(task.slice(1)) % 2 === 0 ? 'passed' : 'failed'))
  expect(stop.verdict).toBe('regressed')
  expect(stop.looks.length).toBeLessThanOrEqual(2)
})

test('a setup that is far better is called improved', () => {
  const poor = Object.fromEntries(Object.keys(suite).map(task => [task, stored(4, 20)]))
  expect(play(planOf({}, poor), () => 'passed').stop.verdict).toBe('improved')
})

test('one broken task is brought to ten trials and named, though the mean shows nothing', () => {
  const { stop, trials } = play(planOf(), slot => (slot.task === 't03' ? 'failed' : asBefore(slot)))
  expect(stop).toMatchObject({ verdict: 'regressed', broken: ['t03'] })
  expect(trials.filter(({ task }) => task === 't03')).toHaveLength(10)
})

test('a task that failed once by chance is cleared after few more trials', () => {
  const { stop, steps } = play(planOf(), slot =>
    slot.task === 't03' && slot.index === 0 ? 'failed' : asBefore(slot),
  )
  expect(stop).toMatchObject({ verdict: 'no-drop', broken: [] })
  const confirming = steps
    .flatMap(step => (step.kind === 'run' ? step.trials : []))
    .filter(t => t.reason === 'confirm')
  expect(confirming.length).toBeLessThan(12)
})

test('however a run was stopped and in whatever order its trials are stored, it goes on to the same verdict', () => {
  const plan = planOf({ canaryShare: 0.2 })
  const { stop, trials } = play(plan, asBefore)
  expect(nextStep(plan, trials.toReversed())).toEqual(stop)
  // Half of the trials, picked without regard to rounds: the rest is asked for again, and nothing else.
  const half = trials.filter((_, i) => i % 2 === 0)
  const known = new Map(trials.map(trial => [`${trial.task} ${trial.side} ${trial.index}`, trial]))
  let sofar = half
  let step = nextStep(plan, sofar)
  while (step.kind === 'run') {
    sofar = [
      ...sofar,
      ...step.trials.map(({ task, side, index }) => {
        const trial = known.get(`${task} ${side} ${index}`)
        if (!trial) throw new Error(`asked for a trial that the first run had not: ${task} ${side} ${index}`)
        return trial
      }),
    ]
    step = nextStep(plan, sofar)
  }
  expect(step).toEqual(stop)
})

test('two rows for one trial are a mistake of the caller', () => {
  const row: AdaptiveTrial = {
    task: 't00',
    side: 'candidate',
    index: 0,
    result: 'passed',
    errors: 0,
    costUsd: null,
  }
  expect(() => nextStep(planOf(), [row, row])).toThrow('two rows')
})

test('an errored trial is started again up to twice, and counts when it has a result', () => {
  const { stop, steps } = play(planOf(), (slot, errors) =>
    slot.task === 't15' && slot.index === 0 && errors < 2 ? 'errored' : asBefore(slot),
  )
  const reruns = steps
    .flatMap(step => (step.kind === 'run' ? step.trials : []))
    .filter(t => t.reason === 'rerun')
  expect(reruns).toHaveLength(2)
  expect(stop).toMatchObject({ verdict: 'no-drop', trouble: [], trials: { errors: 2 } })
})

test('where infrastructure fails for good nothing is concluded, and no more is paid than it takes to know', () => {
  const { stop } = play(planOf(), slot => (Number(slot.task.slice(1)) < 8 ? 'errored' : asBefore(slot)))
  expect(stop.verdict).toBe('infrastructure')
  expect(stop.trouble).toContain('many-errors')
  expect(stop.looks).toHaveLength(1)
})

test('a regression stands that would be one even if all errored trials had passed', () => {
  const { stop } = play(planOf(), slot => (slot.task === 't00' ? 'errored' : 'failed'))
  expect(stop.verdict).toBe('regressed')
})

test('a budget is never exceeded', () => {
  const plan = planOf({ budgetUsd: 50, trialCostLimitUsd: 1 })
  const { stop } = play(plan, asBefore, 1)
  expect(stop.verdict).toBe('budget')
  expect(stop.spent.costUsd).toBeLessThanOrEqual(50)
  expect(stop.spent.costUsd).toBeGreaterThan(30)
})

test('a budget without any known cost starts nothing', () => {
  expect(nextStep(planOf({ budgetUsd: 50 }), [])).toMatchObject({ kind: 'stop', verdict: 'budget' })
})

test('a task that has never passed in ten trials is not run', () => {
  const plan = planOf({}, { ...suite, hopeless: stored(0, 10), young: stored(0, 9) })
  expect(plan.skipped).toEqual(['hopeless'])
  expect(plan.tasks.map(({ task }) => task)).toContain('young')
  expect(plan.fixedTrials).toBe(22 * 8)
})

test('dear tasks get fewer trials, flaky ones more, and the last look still has all information', () => {
  const plan = planOf({ allocation: 'thrifty' }, { ...suite, t10: stored(14, 20, [9]) })
  const dear = planOf(
    { allocation: 'thrifty' },
    Object.fromEntries(
      Object.entries(suite).map(([task, base]) => [task, { ...base, costUsd: [task === 't10' ? 9 : 1] }]),
    ),
  )
  const trialsOf = (of: AdaptivePlan, task: string): number =>
    of.tasks.find(planned => planned.task === task)?.trials ?? 0
  expect(trialsOf(plan, 't10')).toBeGreaterThan(trialsOf(plan, 't00'))
  expect(trialsOf(dear, 't10')).toBeLessThan(trialsOf(dear, 't11'))
  expect(dear.looks.at(-1)?.fraction).toBe(1)
})

test('the bounds are the golden ones where all counts are equal', () => {
  expect(planOf().looks.map(({ changedFrom }) => Number(changedFrom.toFixed(3)))).toEqual([
    2.78, 2.553, 2.413, 2.306, 2.219, 2.146, 2.084, 2.029,
  ])
})

test('where the day has changed, as canary trials show, only trials of the same day are compared', () => {
  // Everything fails half of the time today, whoever is asked.
  const today = ({ task, index, side }: Slot): 'passed' | 'failed' =>
    (index + Number(task.slice(1)) + (side === 'canary' ? 1 : 0)) % 2 === 0 ? 'passed' : 'failed'
  const { stop } = play(planOf({ canaryShare: 0.5 }), today)
  expect(stop).toMatchObject({ concurrent: true, drift: { drifted: true } })
  expect(stop.verdict).not.toBe('regressed')
  expect(play(planOf(), today).stop.verdict).toBe('regressed')
})

test('canary trials are a fifth of the candidate’s where nothing has changed', () => {
  const { stop } = play(planOf({ canaryShare: 0.2 }), asBefore)
  expect(stop.concurrent).toBe(false)
  expect(stop.trials.canary / stop.trials.candidate).toBeCloseTo(0.2, 1)
})

test('options that no gate can keep are refused', () => {
  expect(() => planOf({ margin: 0 })).toThrow('the margin must be above 0')
  expect(() => planOf({ rounds: 0 })).toThrow('whole number from 1')
  expect(() => planOf({}, { a: stored(0, 0) })).toThrow('nothing graded')
})

test('a suite of hopeless tasks only is never green', () => {
  const plan = planOf({}, { a: stored(0, 20), b: stored(0, 20) })
  expect(nextStep(plan, [])).toMatchObject({ kind: 'stop', verdict: 'inconclusive' })
})

test('a simulated agent that errors at random is judged like one that does not', () => {
  const agent = { passRate: (task: string) => (Number(task.slice(1)) < 10 ? 0.97 : 0.7), erroredShare: 0.06 }
  const ends = Array.from({ length: 20 }, (_, i) => runAdaptive(planOf(), agent, chanceFrom(i)).verdict)
  expect(ends.filter(verdict => verdict === 'no-drop').length).toBeGreaterThan(13)
  expect(ends).not.toContain('infrastructure')
})

import { expect, test } from 'vitest'
import type { Trial } from '../model/trial.ts'
import { aGrade } from '../testing/builders.ts'
import { calibrate, type HumanLabel } from './calibrate.ts'
import { trial } from './testing.ts'

interface Sample {
  setup?: string
  /** Judge and human agree on a pass, the judge misses one, … as the four cells of the table. */
  cells: [truePass: number, missed: number, trueFail: number, wrongPass: number]
  /** Verdicts without a label: passes and failures. */
  others?: [passes: number, fails: number]
}

function sample(...samples: Sample[]): { trials: Trial[]; labels: HumanLabel[] } {
  const trials: Trial[] = []
  const labels: HumanLabel[] = []
  for (const { setup = 'bare', cells, others } of samples) {
    const add = (times: number, judge: boolean, human: boolean | null): void => {
      for (let i = 0; i < times; i++) {
        const index = trials.length
        const grades = [aGrade({ grader: 'tone', type: 'judge', pass: judge, score: Number(judge) })]
        const row = { ...trial({ setup, index }), grades }
        trials.push(row)
        if (human !== null) labels.push({ trial: row.id, grader: null, pass: human })
      }
    }
    add(cells[0], true, true)
    add(cells[1], false, true)
    add(cells[2], false, false)
    add(cells[3], true, false)
    const [passes, fails] = others ?? [0, 0]
    add(passes, true, null)
    add(fails, false, null)
  }
  return { trials, labels }
}

const ask = (...samples: Sample[]) => {
  const { trials, labels } = sample(...samples)
  return calibrate(trials, labels)[0]
}

test('80 % and 90 % right: sharpness 0.7, kappa 0.7, and rates that are corrected', () => {
  const told = ask({ cells: [40, 10, 45, 5], others: [70, 30] })
  expect(told).toMatchObject({
    grader: 'tone',
    labels: 100,
    quality: { sharpness: expect.closeTo(0.7, 12), trialsFactor: expect.closeTo(1 / 0.49, 12) },
    // 85 agree, 50 by chance: (0.85 - 0.5) / (1 - 0.5)
    kappa: { value: expect.closeTo(0.7, 12), n: 100 },
    mayGate: true,
    reasons: [],
  })
  expect(told?.kappa?.lo).toBeGreaterThan(0.5)
  expect(told?.kappa?.hi).toBeLessThan(0.9)
  const [bare] = told?.setups ?? []
  // Judged: 45 and 70 of 200; (0.575 + 0.9 - 1) / 0.7 by Rogan and Gladen.
  expect(bare).toMatchObject({ labels: 100, judged: { value: 0.575, n: 200 } })
  expect(bare?.byErrors).toBeCloseTo(0.475 / 0.7, 12)
  expect(bare?.corrected?.value).toBeGreaterThan(0.5)
})

test('below 50 labels, without failures, or no better than a coin it may not gate, and says why', () => {
  expect(ask({ cells: [20, 2, 20, 2] })?.reasons[0]).toContain('Too few labels: 44 of at least 50')
  expect(ask({ cells: [60, 2, 0, 0] })?.reasons[0]).toContain('People failed none')
  expect(ask({ cells: [20, 20, 20, 20] })?.reasons[0]).toContain('no better than a coin')
})

test('a judge that errs more on one setup than on the other may not gate', () => {
  const told = ask({ setup: 'bare', cells: [30, 0, 30, 0] }, { setup: 'guided', cells: [30, 0, 15, 15] })
  expect(told).toMatchObject({ mayGate: false, unequal: [{ base: 'bare', candidate: 'guided' }] })
  expect(told?.reasons[0]).toContain('bare and guided')
  const alike = ask({ setup: 'bare', cells: [27, 3, 27, 3] }, { setup: 'guided', cells: [26, 4, 28, 2] })
  expect(alike?.mayGate).toBe(true)
})

test('the order of the labels does not matter', () => {
  const { trials, labels } = sample({ cells: [40, 10, 45, 5], others: [70, 30] })
  expect(calibrate(trials.toReversed(), labels.toReversed())).toEqual(calibrate(trials, labels))
})

test('a label of nothing, of another grader, or given twice is an error', () => {
  const { trials, labels } = sample({ cells: [1, 0, 0, 0] })
  const [label] = labels
  if (!label) throw new Error('no label')
  expect(() => calibrate(trials, [{ ...label, trial: 'a/bare/9' }])).toThrow('a/bare/9: the run has no such')
  expect(() => calibrate(trials, [{ ...label, grader: 'style' }])).toThrow('its graders: tone')
  expect(() => calibrate(trials, [label, label])).toThrow('labelled twice')
})

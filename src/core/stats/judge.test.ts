import { expect, test } from 'vitest'
import { correctedRate, judgeQuality, roganGladen, unequalErrors, type Label } from './judge.ts'

const labels = (truePass: number, missed: number, trueFail: number, wrongPass: number): Label[] => [
  ...Array.from({ length: truePass }, () => ({ judge: true, human: true })),
  ...Array.from({ length: missed }, () => ({ judge: false, human: true })),
  ...Array.from({ length: trueFail }, () => ({ judge: false, human: false })),
  ...Array.from({ length: wrongPass }, () => ({ judge: true, human: false })),
]

test('a judge with 80 % and 90 % right has sharpness 0.7, and needs 1/0.49 times the trials', () => {
  const quality = judgeQuality(labels(40, 10, 45, 5))
  expect(quality.truePass).toMatchObject({ value: 0.8, n: 50 })
  expect(quality.trueFail).toMatchObject({ value: 0.9, n: 50 })
  // Wilson's interval of 40 of 50 at z = 1.6449, computed with NumPy.
  expect(quality.truePass?.lo).toBeCloseTo(0.6926736151891771, 10)
  expect(quality.sharpness).toBeCloseTo(0.7, 12)
  expect(quality.trialsFactor).toBeCloseTo(1 / 0.49, 12)
})

test('the rate behind the reported one (Rogan and Gladen 1978): 70 % reported are 85.7 % true', () => {
  const quality = judgeQuality(labels(40, 10, 45, 5))
  expect(roganGladen(0.7, quality)).toBeCloseTo(0.6 / 0.7, 12)
  expect(roganGladen(0.05, quality)).toBe(0)
  expect(roganGladen(0.7, judgeQuality(labels(5, 5, 5, 5)))).toBeNull()
})

test('PPI++: ten labels and forty verdicts (computed with NumPy by the formula of the paper)', () => {
  const human = [1, 1, 0, 1, 0, 0, 1, 1, 0, 1]
  const judge = [1, 1, 0, 1, 1, 0, 1, 0, 0, 1]
  const labelled = human.map((y, i) => ({ human: y === 1, judge: judge[i] === 1 }))
  const others = Array.from({ length: 40 }, (_, i) => i < 30)
  const rate = correctedRate(labelled, others)
  expect(rate?.weight).toBeCloseTo(0.46666666666666656, 12)
  expect(rate?.value).toBeCloseTo(0.67, 12)
  expect(rate?.lo).toBeCloseTo(0.44325727592991915, 12)
  expect(rate?.hi).toBeCloseTo(0.8967427240700807, 12)
})

test('a judge that knows nothing is given no weight', () => {
  expect(correctedRate(labels(5, 5, 5, 5), [true, false])).toMatchObject({ weight: 0, value: 0.5 })
  expect(correctedRate([], [true])).toBeNull()
})

test('a judge that passes more of the failures on one side may not gate', () => {
  expect(unequalErrors(labels(25, 5, 20, 0), labels(25, 5, 12, 8))).toMatchObject({ unequal: true })
  expect(unequalErrors(labels(25, 5, 20, 2), labels(24, 6, 19, 3))).toMatchObject({ unequal: false })
  expect(unequalErrors([], [])).toEqual({ p: 1, unequal: false })
})

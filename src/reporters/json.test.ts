import { expect, test } from 'vitest'
import { Report } from '../model/report.ts'
import { renderJson } from './json.ts'
import { sampleComparison } from './testing/comparison.ts'
import { sampleReport, sampleTrials } from './testing/report.ts'

const side = (setup: string): { label: string; setup: string } => ({ label: setup, setup })
const report = sampleReport([...sampleTrials('a', 's', 3, 2), ...sampleTrials('b', 's', 1, 1)], {
  comparisons: [
    sampleComparison(side('r'), side('s'), [['a', '5/5', '3/5', 'inconclusive']], { decision: 'no-drop' }),
  ],
})

test('the whole report comes back as it was', () => {
  expect(Report.parse(JSON.parse(renderJson(report)))).toEqual(report)
})

test('the order of the keys does not depend on how the report was made', () => {
  const reversed = Object.fromEntries(Object.entries(report).toReversed())
  expect(renderJson(Report.parse(reversed))).toBe(renderJson(report))
})

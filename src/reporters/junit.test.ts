import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Report } from '../model/report.ts'
import { renderJunit } from './junit.ts'
import { sampleComparison } from './testing/comparison.ts'
import { sampleReport, sampleTrial, sampleTrials } from './testing/report.ts'

const Problem = z.object({ message: z.string(), type: z.string(), '#text': z.string().optional() })
const Case = z.object({
  classname: z.string(),
  name: z.string(),
  failure: Problem.optional(),
  error: Problem.optional(),
  properties: z.object({ property: z.array(z.object({ name: z.string(), value: z.string() })) }).optional(),
  'system-out': z.string().optional(),
})
const Suite = z.object({
  name: z.string(),
  tests: z.string(),
  failures: z.string(),
  errors: z.string(),
  testcase: z.array(Case),
})

function parse(report: Report): z.infer<typeof Suite>[] {
  const xml = renderJunit(report)
  expect(XMLValidator.validate(xml)).toBe(true)
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: name => ['testsuite', 'testcase', 'property'].includes(name),
  })
  return z.object({ testsuites: z.object({ testsuite: z.array(Suite) }) }).parse(parser.parse(xml)).testsuites
    .testsuite
}

test('a testcase fails when fewer than half of its graded trials passed', () => {
  const [suite] = parse(
    sampleReport([
      ...sampleTrials('all', 's', 5, 0),
      ...sampleTrials('half', 's', 2, 2),
      ...sampleTrials('few', 's', 2, 3, 'too slow'),
    ]),
  )
  expect(suite).toMatchObject({ name: 'dates.s', tests: '3', failures: '1', errors: '0' })
  expect(suite?.testcase.map(({ name, failure }) => [name, failure?.message])).toEqual([
    ['all', undefined],
    ['half', undefined],
    ['few', '2 of 5 trials passed'],
  ])
  expect(suite?.testcase[2]?.failure?.['#text']).toBe('tests: too slow')
  expect(suite?.testcase[2]?.properties?.property[0]).toEqual({ name: 'passed', value: '2' })
  expect(suite?.testcase[2]?.['system-out']).toContain('failed   few/s/4  tests: too slow')
})

test('a task of which nothing was graded is an error, run or not', () => {
  const trials = [
    sampleTrial({ task: 'a', setup: 's', end: 'errored', reason: 'no space' }),
    sampleTrial({ task: 'b', setup: 's' }),
  ]
  const [suite] = parse(
    sampleReport(trials.slice(0, 1), {
      manifest: { plan: trials.map(trial => trial.id), tasks: sampleReport(trials).run.tasks },
    }),
  )
  expect(suite).toMatchObject({ errors: '2', failures: '0' })
  expect(suite?.testcase.map(each => each.error?.message)).toEqual([
    'nothing graded: 1 trial errored',
    'not run',
  ])
})

test('the gate has a testsuite of its own, which fails with the verdict', () => {
  const side = { label: 's', setup: 's' }
  const { verdict, ...comparison } = sampleComparison(side, side, [], {
    decision: 'regressed',
    reasons: ['It fell.'],
  })
  const report = sampleReport(sampleTrials('a', 's', 5, 0), {
    comparisons: [{ ...comparison, verdict }],
    verdict,
  })
  expect(parse(report)[1]).toMatchObject({
    name: 'dates.gate',
    failures: '1',
    testcase: [{ name: 'verdict', failure: { message: 'REGRESSED.', '#text': 'It fell.' } }],
  })
  const broken = { ...verdict, decision: 'infrastructure', exitCode: 4 } as const
  expect(parse({ ...report, verdict: broken })[1]).toMatchObject({ errors: '1', failures: '0' })
})

test('no text from outside can break the XML', () => {
  const evil = '</failure>]]>&amp;<!-- "\u0000\u0008\u001b[31m\ud800 \ufffe 😀'
  const trials = [sampleTrial({ task: 'a"b<c>&', setup: 's', end: 'failed', reason: evil })]
  const [suite] = parse(sampleReport(trials))
  expect(suite?.testcase[0]?.name).toContain('a')
  expect(suite?.testcase[0]?.failure?.['#text']).toContain('😀')
})

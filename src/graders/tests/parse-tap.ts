import { Parser, type FinalResults, type Result } from 'tap-parser'
import { z } from 'zod'
import { firstLine, type TestCase, type TestReport, type TestState } from './report.ts'

/** One run of assertions: of the whole output, or of one subtest. */
interface Level {
  tests: TestCase[]
  /** Points under the comment that stood before them, as tape writes its tests. */
  groups: { title: string; tests: TestCase[] }[]
}

/**
 * Reads TAP 13 and 14. A subtest gives a test of its own besides the points in it, which have it in their path. Tape has no
 * subtests: there each test is a comment and what follows it up to the next comment.
 */
export function parseTap(text: string): TestReport {
  const signs = { subtests: false, countsAtEnd: false, planFirst: false }
  let results: FinalResults | null = null
  const parser = new Parser(final => {
    results = final
  })
  const root = listen(parser)
  parser.on('child', () => (signs.subtests = true))
  parser.on('plan', () => (signs.planFirst = root.tests.length === 0))
  parser.on('comment', (comment: string) => {
    if (comment.startsWith('# Subtest')) signs.subtests = true
    if (/^# tests\s+\d+\s*$/.test(comment)) signs.countsAtEnd = true
  })
  parser.end(text)
  const isTape = signs.countsAtEnd && !signs.subtests && !signs.planFirst && root.groups.length > 0
  const tests = isTape ? root.groups.map(toOneTest) : root.tests
  return { tests, problems: [], incomplete: defectOf(results) }
}

/** Collects below a parser. The tests of a subtest come when its own point does, which has its name. */
function listen(parser: Parser): Level {
  const level: Level = { tests: [], groups: [] }
  let child: Level | null = null
  let comment: string | null = null
  parser.on('child', (below: Parser) => (child = listen(below)))
  parser.on('comment', (text: string) => (comment = text.replace(/^#\s*/, '').trim()))
  parser.on('assert', (point: Result) => {
    const test = toTest(point)
    const below = child?.tests ?? []
    level.tests.push(...below.map(inner => ({ ...inner, suite: [point.name, ...inner.suite] })), test)
    child = null
    if (comment !== null) level.groups.push({ title: comment, tests: [test] })
    else level.groups.at(-1)?.tests.push(test)
    comment = null
  })
  return level
}

const Diagnosis = z.object({ message: z.string().optional(), error: z.string().optional() })

function toTest(point: Result): TestCase {
  const said = Diagnosis.safeParse(point.diag).data
  const state = stateOf(point)
  const message = state === 'failed' ? firstLine(said?.message ?? said?.error ?? '') : null
  return { file: null, suite: [], title: point.name, state, message, aliases: [] }
}

function stateOf({ ok, skip, todo }: Result): TestState {
  if (todo !== false) return 'todo'
  if (skip !== false) return 'skipped'
  return ok ? 'passed' : 'failed'
}

function toOneTest({ title, tests }: Level['groups'][number]): TestCase {
  const failed = tests.find(test => test.state === 'failed')
  const worst = failed ?? tests.find(test => test.state !== 'passed')
  const message = failed ? (failed.message ?? failed.title) : null
  const name = title.replace(/^(TODO|SKIP) /, '')
  return {
    file: null,
    suite: [],
    title: name,
    state: worst?.state ?? 'passed',
    message,
    // Some suites name an assertion: it stands for its whole test.
    aliases: [...new Set(tests.flatMap(test => [test.title, `${name} > ${test.title}`]))],
  }
}

function defectOf(results: FinalResults | null): string | null {
  if (results === null) return 'the TAP stream has no end'
  if (results.bailout !== false) return `the runner bailed out: ${String(results.bailout)}`
  const errors = results.failures.flatMap(failure => failure.tapError ?? [])
  return errors[0] === undefined ? null : `broken TAP: ${errors[0]}`
}

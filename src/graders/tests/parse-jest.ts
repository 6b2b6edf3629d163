import { z } from 'zod'
import { firstLine, noReport, type TestCase, type TestReport, type TestState } from './report.ts'

const Assertion = z.object({
  ancestorTitles: z.array(z.string()),
  title: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).nullish(),
  /** Jest: how often it was started. */
  invocations: z.number().nullish(),
})

const Report = z.object({
  success: z.boolean(),
  wasInterrupted: z.boolean().optional(),
  numTotalTests: z.number(),
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(Assertion),
    }),
  ),
})

/** Reads the report of `jest --json` and of vitest's `json` reporter, which writes the same shape. */
export function parseJest(text: string): TestReport {
  const parsed = readJson(text)
  if (!parsed) return noReport('the report is no whole JSON report of jest or vitest')
  const report: TestReport = { tests: [], problems: [], incomplete: null }
  for (const { name, status, message, assertionResults } of parsed.testResults) {
    report.tests.push(...assertionResults.map(assertion => toTest(name, assertion)))
    const failedInTest = assertionResults.some(assertion => assertion.status === 'failed')
    if (status === 'failed' && !failedInTest) {
      report.problems.push({ file: name, message: reasonOf(message ?? '') })
    }
  }
  if (
    !parsed.success &&
    report.problems.length === 0 &&
    !report.tests.some(test => test.state === 'failed')
  ) {
    report.problems.push({
      file: null,
      message: 'the runner says that something failed outside of the tests',
    })
  }
  return { ...report, incomplete: disagreement(parsed, report.tests.length) }
}

function readJson(text: string): z.infer<typeof Report> | null {
  try {
    return Report.safeParse(JSON.parse(text)).data ?? null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

function toTest(file: string, assertion: z.infer<typeof Assertion>): TestCase {
  const { ancestorTitles: suite, title, failureMessages } = assertion
  const message = firstLine(failureMessages?.[0] ?? '')
  return { file, suite, title, state: stateOf(assertion), message, aliases: [] }
}

function stateOf({ status, invocations, failureMessages }: z.infer<typeof Assertion>): TestState {
  if (status === 'todo') return 'todo'
  if (status === 'failed') return 'failed'
  if (status !== 'passed') return 'skipped'
  // Vitest keeps the failures of earlier tries with a test that passed in the end, jest counts the tries.
  return (invocations ?? 1) > 1 || (failureMessages ?? []).length > 0 ? 'flaky' : 'passed'
}

/** Jest puts a headline before the reason. */
function reasonOf(message: string): string {
  const reason = message.replace(/^\s*● .*Test suite failed to run\s*/, '')
  return firstLine(reason) ?? 'the file failed, though none of its tests did'
}

function disagreement(said: z.infer<typeof Report>, reported: number): string | null {
  const passed = said.testResults
    .flatMap(file => file.assertionResults)
    .filter(test => test.status === 'passed').length
  if (said.wasInterrupted) return 'the runner was interrupted'
  if (said.numTotalTests !== reported)
    return `the runner counted ${said.numTotalTests} tests but reported ${reported}`
  if (said.numPassedTests !== passed)
    return `the runner counted ${said.numPassedTests} passed tests but reported ${passed}`
  return null
}

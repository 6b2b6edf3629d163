import type { Judgement } from './judge.ts'
import { fullName, type NamedTest } from './names.ts'
import type { TestCase, TestState } from './report.ts'
import type { TestRun } from './run.ts'

const maxOthers = 50

/** The evidence that is kept with a grade, as JSON. */
export function detailsOf(
  { failToPass, passToPass }: Judgement,
  run: TestRun,
  before: TestRun | null,
  changedFiles: readonly string[],
): unknown {
  const named = new Set([...failToPass, ...passToPass].flatMap(({ matches }) => matches))
  const others = run.tests.filter(test => !named.has(test))
  const testFiles = new Set([...run.tests, ...(before?.tests ?? [])].map(({ file }) => file))
  return {
    runner: run.runner,
    end: run.end,
    exitCode: run.exitCode,
    durationMs: run.durationMs,
    incomplete: run.incomplete,
    counts: countsOf(run.tests),
    countsBefore: before ? countsOf(before.tests) : null,
    failToPass: failToPass.map(shown),
    passToPass: {
      names: passToPass.length,
      notPassed: passToPass.filter(test => test.state !== 'passed').map(shown),
    },
    problems: run.problems.slice(0, maxOthers),
    others: others
      .slice(0, maxOthers)
      .map(test => ({ name: fullName(test), state: test.state, message: test.message })),
    /** Files of the agent that were put back, and test files that it changed and that took part as it left them. */
    restored: run.restored,
    changedTestFiles: changedFiles.filter(path => testFiles.has(path) && !run.restored.includes(path)),
  }
}

function shown({ name, state, message, matches }: NamedTest): unknown {
  return { name, state, message, tests: matches.slice(0, 5).map(fullName) }
}

function countsOf(tests: readonly TestCase[]): Record<TestState, number> {
  const counts: Record<TestState, number> = { passed: 0, failed: 0, skipped: 0, todo: 0, flaky: 0 }
  for (const { state } of tests) counts[state] += 1
  return counts
}

import type { GraderResult } from '../../contracts.ts'
import { hiddenPaths, type TestsConfig } from './config.ts'
import { detailsOf } from './details.ts'
import { explain } from './explain.ts'
import { finderOf, fullName, lookUp, type Finder, type NamedTest } from './names.ts'
import type { TestCase } from './report.ts'
import type { TestRun } from './run.ts'
import { isPassed, verdictOf } from './verdict.ts'

/** How everything fared that decides the grade. */
export interface Judgement {
  failToPass: NamedTest[]
  passToPass: NamedTest[]
  /** Where nothing is named every reported test counts: these. Null where names decide. */
  all: TestCase[] | null
  score: number
  pass: boolean
}

/**
 * Judges a run. `before` is the run without the agent's change, where `passToPass: all` needs it. A name counts as passed if
 * exactly one test has it and was reported once, as passed, in a whole report of a run that ended by itself.
 *
 * Score = share of failToPass that passed × share of passToPass that passed, a group without names counting as 1: an agent
 * that does nothing gets 0 however many other tests there are. Where nothing is named, the share of all reported tests.
 */
export function judge(
  config: TestsConfig,
  run: TestRun,
  before: TestRun | null,
  changedFiles: readonly string[],
): GraderResult {
  const tests = run.incomplete === null ? run.tests : []
  const find = finderOf(tests)
  const failToPass = config.failToPass.map(name => lookUp(name, find))
  const passToPass = before
    ? stillPassing(keptTests(before, config.failToPass), tests, find)
    : (Array.isArray(config.passToPass) ? config.passToPass : []).map(name => lookUp(name, find))
  const hidden = new Set(hiddenPaths(config))
  const named = [...failToPass, ...passToPass]
  const everyTest = !before && named.length === 0
  const deciding = { failToPass, passToPass, all: everyTest ? tests : null }
  const judgement: Judgement = { ...deciding, ...verdictOf(deciding, run.problems.length > 0) }
  return {
    score: judgement.score,
    pass: judgement.pass,
    explanation: explain(judgement, run, before),
    details: detailsOf(
      judgement,
      run,
      before,
      changedFiles.filter(path => !hidden.has(path)),
    ),
  }
}

/** Tests that passed before, but for those named as failing and those that cannot be told apart. */
export function keptTests(before: TestRun, failToPass: readonly string[]): TestCase[] {
  const named = new Set(failToPass.flatMap(finderOf(before.tests)))
  const index = indexOf(before.tests)
  return before.tests.filter(
    test => isPassed(test) && !named.has(test) && index.get(fullName(test))?.length === 1,
  )
}

/** The same tests in the new run: by full name, or by what people call them where the runner says no file. */
function stillPassing(kept: readonly TestCase[], tests: readonly TestCase[], find: Finder): NamedTest[] {
  const index = indexOf(tests)
  return kept.map(test => {
    const name = fullName(test)
    // AVA puts the file into the names as soon as there is a second one.
    const loosely = test.file === null ? find(name) : []
    return lookUp(name, () => index.get(name) ?? loosely)
  })
}

function indexOf(tests: readonly TestCase[]): Map<string, TestCase[]> {
  const index = new Map<string, TestCase[]>()
  for (const test of tests) {
    const same = index.get(fullName(test))
    if (same) same.push(test)
    else index.set(fullName(test), [test])
  }
  return index
}

import type { Judgement } from './judge.ts'
import { fullName, type NamedTest } from './names.ts'
import type { Problem, TestCase } from './report.ts'
import type { TestRun } from './run.ts'

const maxNames = 10
const maxProblems = 3

/** What decided the grade: one line for a pass; for a fail the names, each with the first line of its failure. */
export function explain(judgement: Judgement, run: TestRun, before: TestRun | null): string {
  const lines = [headline(judgement, before !== null)]
  if (!judgement.pass) lines.push(...whyNot(judgement, run, before !== null))
  if (before?.incomplete) {
    lines.push(
      `Without the change of the agent there is no whole report (${before.incomplete}), so no test had to pass still.`,
    )
  }
  if (run.restored.length > 0) lines.push(`Put back before the tests ran: ${listed(run.restored)}.`)
  return lines.join('\n')
}

function headline({ failToPass, passToPass, all }: Judgement, passedBefore: boolean): string {
  if (all) {
    const passed = all.filter(test => test.state === 'passed').length
    return all.length === 0
      ? 'no test was reported'
      : `${passed} of ${all.length} reported tests ${pass(passed)}`
  }
  const parts: string[] = []
  const done = count(failToPass)
  if (failToPass.length > 0) parts.push(`${done} of ${failToPass.length} named tests ${pass(done)}`)
  const kept = count(passToPass)
  if (passToPass.length > 0) {
    const share = kept === passToPass.length ? `${kept}` : `${kept} of ${passToPass.length}`
    const noun = passToPass.length === 1 ? 'test' : 'tests'
    const what = passedBefore ? noun : `other named ${noun}`
    parts.push(`${share} ${what} still ${pass(kept)}`)
  }
  return parts.join(', ')
}

function whyNot({ failToPass, passToPass, all }: Judgement, run: TestRun, passedBefore: boolean): string[] {
  if (run.incomplete !== null) {
    const last = run.lastLine === null ? '' : ` Last line of its output: ${run.lastLine}`
    return [
      `No test counts as passed: ${run.incomplete} (${ending(run)}).${last}`,
      ...problemLines(run.problems),
    ]
  }
  const broken = passToPass.filter(isNotPassed)
  const lines = cut(failToPass.filter(isNotPassed).map(nameLine))
  if (broken.length > 0) {
    const many = broken.length === 1 ? '1 test' : `${broken.length} tests`
    lines.push(passedBefore ? `${many} that passed before:` : `${many} that should pass still:`)
    lines.push(...cut(broken.map(nameLine)))
  }
  if (all) lines.push(...cut(all.filter(isNotPassed).map(testLine)))
  const someMissing = [...failToPass, ...broken].some(test => test.state === 'not reported')
  return all || someMissing ? [...lines, ...problemLines(run.problems)] : lines
}

function nameLine({ name, state, message }: NamedTest): string {
  return `- ${state}: ${name}${message === null ? '' : ` — ${message}`}`
}

function testLine(test: TestCase): string {
  return nameLine({ name: fullName(test), state: test.state, message: test.message, matches: [] })
}

function problemLines(problems: readonly Problem[]): string[] {
  return problems
    .slice(0, maxProblems)
    .map(({ file, message }) => `- ${file === null ? '' : `${file}: `}${message}`)
}

function ending(run: TestRun): string {
  return run.exitCode === null ? run.end : `exit code ${run.exitCode}`
}

function cut(lines: string[]): string[] {
  const rest = lines.length - maxNames
  return rest > 0 ? [...lines.slice(0, maxNames), `- and ${rest} more`] : lines
}

function listed(paths: readonly string[]): string {
  const rest = paths.length - maxNames
  return rest > 0 ? `${paths.slice(0, maxNames).join(', ')} and ${rest} more` : paths.join(', ')
}

function isNotPassed(test: { state: string }): boolean {
  return test.state !== 'passed'
}

function count(tests: readonly { state: string }[]): number {
  return tests.filter(test => test.state === 'passed').length
}

function pass(tests: number): string {
  return tests === 1 ? 'passes' : 'pass'
}

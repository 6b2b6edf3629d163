import type { Report } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Rules } from '../model/rules.ts'
import type { Trial } from '../model/trial.ts'
import { flagLine } from './flag-text.ts'
import { count, formatCost } from './format.ts'
import { reasonOf } from './problems.ts'
import { ruleLines } from './rules.ts'
import { element, text } from './xml.ts'
import { inPlanOrder, spentOn, trialEnd } from './totals.ts'
import { decisionWords } from './verdict.ts'

/**
 * JUnit XML for dashboards of CI systems: a testsuite for each setup, a testcase for each task.
 *
 * A testcase is *failed* when fewer than half of its graded trials passed: agents are flaky, and one miss of five says little;
 * whether the setup got worse is the gate's to say, which has a testsuite of its own. It is an *error* when nothing was
 * graded. The counts stand in its properties, the trials in its system-out. Times are in seconds, and agents' own.
 */
export function renderJunit(report: Report): string {
  const { run } = report
  const trials = inPlanOrder(report)
  const suites = Object.keys(run.setups).map(setup =>
    testsuite(
      `${run.suite.name}.${setup}`,
      run,
      Object.keys(run.tasks)
        .filter(task => run.plan.some(id => id.startsWith(`${task}/${setup}/`)))
        .map(task =>
          taskCase(
            `${run.suite.name}.${setup}`,
            task,
            trials.filter(trial => trial.task === task && trial.setup === setup),
          ),
        ),
    ),
  )
  const gate = gateCase(report)
  if (gate) suites.push(testsuite(`${run.suite.name}.gate`, run, [gate]))
  const contexts = contextCases(run)
  if (contexts.length > 0) suites.push(testsuite(`${run.suite.name}.context`, run, contexts))
  if (run.rules) suites.push(testsuite(`${run.suite.name}.rules`, run, ruleCases(run.suite.name, run.rules)))
  const cases = suites.flatMap(suite => suite.cases)
  const root = element(
    'testsuites',
    { name: 'agent-eval', ...totals(cases) },
    suites.map(suite => suite.xml),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

interface TestCase {
  xml: string
  result: 'passed' | 'failed' | 'error'
  seconds: number
}

function testsuite(name: string, run: RunManifest, cases: TestCase[]): { xml: string; cases: TestCase[] } {
  const attributes = { name, ...totals(cases), timestamp: run.startedAt }
  return {
    cases,
    xml: element(
      'testsuite',
      attributes,
      cases.map(each => each.xml),
    ),
  }
}

function totals(cases: readonly TestCase[]): Record<string, string> {
  const having = (result: TestCase['result']): string =>
    String(cases.filter(each => each.result === result).length)
  return {
    tests: String(cases.length),
    failures: having('failed'),
    errors: having('error'),
    skipped: '0',
    time: cases.reduce((sum, each) => sum + each.seconds, 0).toFixed(3),
  }
}

function taskCase(classname: string, task: string, trials: readonly Trial[]): TestCase {
  const graded = trials.filter(trial => trial.status === 'graded')
  const passed = graded.filter(trial => trial.pass).length
  const result = graded.length === 0 ? 'error' : passed * 2 < graded.length ? 'failed' : 'passed'
  const seconds = trials.reduce((sum, trial) => sum + (trial.attempt?.durationMs ?? 0), 0) / 1000
  const { costUsd } = spentOn(trials.map(trial => trial.attempt))
  const properties = {
    passed: String(passed),
    graded: String(graded.length),
    errored: String(trials.length - graded.length),
    cost: costUsd === null ? 'unknown' : formatCost(costUsd),
  }
  const lines = trials.flatMap(trial => [
    [trialEnd(trial).padEnd(7), trial.id, reasonOf(trial) ?? ''].join('  ').trimEnd(),
    ...trial.flags.map(flag => `  flag ${flag.kind}: ${flagLine(flag)}`),
    ...trial.notices.map(notice => `  notice ${notice.kind}: ${flagLine(notice)}`),
  ])
  return {
    result,
    seconds,
    xml: element('testcase', { classname, name: task, time: seconds.toFixed(3) }, [
      element(
        'properties',
        {},
        Object.entries(properties).map(([name, value]) => element('property', { name, value }, [])),
      ),
      ...outcome(result, passed, trials),
      element('system-out', {}, [text(lines.join('\n'))]),
    ]),
  }
}

function outcome(result: TestCase['result'], passed: number, trials: readonly Trial[]): string[] {
  if (result === 'passed') return []
  const reasons = [...new Set(trials.flatMap(trial => reasonOf(trial) ?? []))].join('\n')
  const body = [text(reasons)]
  if (result === 'error') {
    const message =
      trials.length === 0 ? 'not run' : `nothing graded: ${count(trials.length, 'trial')} errored`
    return [element('error', { message, type: 'errored' }, body)]
  }
  const graded = trials.filter(trial => trial.status === 'graded').length
  return [
    element('failure', { message: `${passed} of ${count(graded, 'trial')} passed`, type: 'failed' }, body),
  ]
}

/** The gate's verdict; null where no gate was asked for. */
function gateCase({ run, verdict, comparisons }: Report): TestCase | null {
  if (verdict === null) return null
  const message = decisionWords(verdict.decision, comparisons[0]?.margin ?? null)
  const result = verdict.decision === 'regressed' ? 'failed' : verdict.exitCode === 0 ? 'passed' : 'error'
  const reasons = [text(verdict.reasons.join('\n'))]
  const problem = {
    passed: element('system-out', {}, reasons),
    failed: element('failure', { message, type: verdict.decision }, reasons),
    error: element('error', { message, type: verdict.decision }, reasons),
  }[result]
  const attributes = { classname: `${run.suite.name}.gate`, name: 'verdict', time: '0.000' }
  return { result, seconds: 0, xml: element('testcase', attributes, [problem]) }
}

/** A testcase for each setup of which it was looked whether its context reached the model: an error where it did not. */
function contextCases({ suite, summaries }: RunManifest): TestCase[] {
  return summaries.flatMap(({ setup, contextProof }) => {
    if (!contextProof) return []
    const { verdict, reasons, notes } = contextProof
    const isWrong = verdict === 'invalid' || verdict === 'contaminated'
    const told = isWrong
      ? element('error', { message: `context is ${verdict}`, type: verdict }, [text(reasons.join('\n'))])
      : element('system-out', {}, [text([verdict, ...notes].join('\n'))])
    const attributes = { classname: `${suite.name}.context`, name: setup, time: '0.000' }
    return [
      { result: isWrong ? 'error' : 'passed', seconds: 0, xml: element('testcase', attributes, [told]) },
    ]
  })
}

/** A testcase for each change of the gate's own rules: an error until it is approved. */
function ruleCases(suite: string, rules: Rules): TestCase[] {
  return ruleLines(rules)
    .filter(({ item }) => item !== '')
    .map(({ state, item, text: said }) => {
      const isOpen = state === 'needs approval'
      const problem = isOpen
        ? element('error', { message: `needs approval: ${said}`, type: 'needs-approval' }, [])
        : element('system-out', {}, [text(`${state}: ${said}`)])
      const attributes = { classname: `${suite}.rules`, name: item, time: '0.000' }
      return {
        result: isOpen ? 'error' : 'passed',
        seconds: 0,
        xml: element('testcase', attributes, [problem]),
      }
    })
}

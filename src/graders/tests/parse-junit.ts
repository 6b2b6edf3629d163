import { firstLine, noReport, type TestCase, type TestReport, type TestState } from './report.ts'
import { parseXml, type XmlElement } from './xml.ts'

const maxTests = 200_000

/** Who wrote the report: pytest's own says more than the format has words for. */
export type JunitDialect = 'any' | 'pytest'

/** Reads JUnit XML: nested suites, failures, errors, skipped tests, and the flaky ones of Surefire. */
export function parseJunit(text: string, dialect: JunitDialect = 'any'): TestReport {
  if (text.split('<testcase').length - 1 > maxTests)
    return noReport(`the report holds more than ${maxTests} tests`)
  let root: XmlElement
  try {
    root = parseXml(text)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return noReport(`the report is no whole XML: ${error.message}`)
  }
  if (root.name !== 'testsuites' && root.name !== 'testsuite')
    return noReport('the report is XML, but not JUnit XML')
  const report: TestReport = { tests: [], problems: [], incomplete: null }
  collect(root, [], report)
  if (dialect === 'pytest') asPytestMeans(report)
  const failed = report.problems.length > 0 || report.tests.some(test => test.state === 'failed')
  if (!failed && counted(root) > 0) report.incomplete = 'the runner counted failures but reported none'
  return report
}

function collect(element: XmlElement, suites: string[], report: TestReport): void {
  const name = element.name === 'testsuite' ? (element.attributes.name ?? '') : ''
  const path = name === '' ? suites : [...suites, name]
  for (const child of element.children) {
    if (child.name === 'testsuite') collect(child, path, report)
    else if (child.name === 'testcase') report.tests.push(toTest(child, path))
    // Of a suite itself: its set-up failed.
    else if (child.name === 'error' || child.name === 'failure') {
      report.problems.push({
        file: element.attributes.file ?? null,
        message: messageOf(child) ?? 'the suite failed',
      })
    }
  }
}

function toTest(element: XmlElement, suites: string[]): TestCase {
  const { name: title = '', classname = '', file } = element.attributes
  const known = classname === '' || classname === suites.at(-1)
  const failure = element.children.find(child => child.name === 'failure' || child.name === 'error')
  return {
    file: file ?? null,
    suite: known ? suites : [...suites, classname],
    title,
    state: stateOf(element, failure),
    message: failure ? messageOf(failure) : null,
    aliases: classname === '' ? [] : [`${classname}.${title}`],
  }
}

function stateOf(element: XmlElement, failure: XmlElement | undefined): TestState {
  const has = (...names: string[]): boolean => element.children.some(child => names.includes(child.name))
  const skipped = element.children.find(child => child.name === 'skipped')
  if (skipped) return ['todo', 'pytest.xfail'].includes(skipped.attributes.type ?? '') ? 'todo' : 'skipped'
  if (failure) return 'failed'
  if (has('flakyFailure', 'flakyError', 'rerunFailure', 'rerunError')) return 'flaky'
  const { status = '', result = '' } = element.attributes
  // GoogleTest says so in an attribute.
  return /^(notrun|disabled|skipped|suppressed)$/i.test(status) || /^(skipped|suppressed)$/i.test(result)
    ? 'skipped'
    : 'passed'
}

function messageOf(failure: XmlElement): string | null {
  const { message = '' } = failure.attributes
  // Pytest has the reason for this only in the trace, marked by an E.
  const reason = message === 'collection failure' ? /^E\s+(\S.*)$/m.exec(failure.text)?.[1] : undefined
  return firstLine(reason ?? message) ?? firstLine(failure.text)
}

/** Failures and errors by the runner's own count: of the root, or of its suites where the root does not count. */
function counted(root: XmlElement): number {
  const own = ({ attributes }: XmlElement): number =>
    Number(attributes.failures ?? 0) + Number(attributes.errors ?? 0)
  const total =
    own(root) ||
    root.children.filter(child => child.name === 'testsuite').reduce((sum, suite) => sum + own(suite), 0)
  return Number.isFinite(total) ? total : 0
}

/**
 * Pytest puts module and classes into one dotted name and has a suite "pytest" around all: turned into the class path and the
 * node id. What cannot be collected comes as a test without a class name.
 */
function asPytestMeans(report: TestReport): void {
  const tests = report.tests
  report.tests = []
  for (const test of tests) {
    const dotted = test.suite[1]
    if (dotted === undefined) {
      const message = test.message ?? 'cannot be collected'
      report.problems.push({ file: test.file ?? test.title, message: `${test.title}: ${message}` })
      continue
    }
    const module = (test.file ?? '').replace(/\.py$/, '').replaceAll('/', '.')
    const inModule = dotted === module || dotted.startsWith(`${module}.`)
    const suite = inModule
      ? dotted
          .slice(module.length + 1)
          .split('.')
          .filter(part => part !== '')
      : [dotted]
    const nodeId = inModule && test.file !== null ? [[test.file, ...suite, test.title].join('::')] : []
    report.tests.push({ ...test, suite, aliases: [...nodeId, ...test.aliases] })
  }
}

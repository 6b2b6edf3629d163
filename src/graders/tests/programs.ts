import { pathToFileURL } from 'node:url'
import { parseJest } from './parse-jest.ts'
import { parseJsonLines } from './parse-json-lines.ts'
import { parseJunit } from './parse-junit.ts'
import { parseTap } from './parse-tap.ts'
import type { Program } from './recognise.ts'
import type { TestReport } from './report.ts'
import { mochaReporter } from './reporters/mocha.ts'
import { nodeReporter } from './reporters/node.ts'
import { pytestStart, unittestStart } from './reporters/python.ts'

/** How a program is made to write its report to a file that only we know. */
export interface ProgramSpec {
  /** Options for that, given the path of the report and that of the helper. */
  options(report: string, helper: string): string[]
  /** Where they go: right behind the program's own word, or behind all other options. */
  place: 'behind-program' | 'end'
  /** Options of the user that would clash with ours. */
  taken: RegExp | null
  /** A file of our own that has to lie beside the report. */
  helper: { name: string; text: string } | null
  /** For `python -m NAME`: what takes the place of those two words. */
  asModule(report: string, helper: string): string[]
  /** Whether the options still arrive when they are given to a package script (`npm test -- …`). */
  throughScript: boolean
  /** `stdout` where the program can write its report nowhere else. */
  channel: 'file' | 'stdout'
  parse(text: string): TestReport
}

const plain = {
  place: 'end',
  taken: null,
  helper: null,
  asModule: () => [],
  throughScript: true,
  channel: 'file',
} satisfies Partial<ProgramSpec>

/** What we know of each test runner. */
export const programSpecs: Record<Program, ProgramSpec> = {
  jest: {
    ...plain,
    // --ci: a snapshot that is not there is a failure, and is not written.
    options: report => ['--ci', '--json', `--outputFile=${report}`],
    taken: /^--outputFile/,
    parse: parseJest,
  },
  vitest: {
    ...plain,
    options: report => ['--run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    taken: /^--outputFile/,
    parse: parseJest,
  },
  mocha: {
    ...plain,
    options: (report, helper) => ['--reporter', helper, '--reporter-option', `output=${report}`],
    taken: /^(--reporter|-R$|-O$)/,
    helper: { name: 'mocha-reporter.cjs', text: mochaReporter },
    parse: parseJsonLines,
  },
  ava: { ...plain, options: () => ['--tap'], channel: 'stdout', parse: parseAva },
  tap: {
    ...plain,
    options: report => ['--reporter=tap', `--reporter-file=${report}`],
    taken: /^(--reporter|-R|-f)/,
    parse: parseTap,
  },
  tape: { ...plain, options: () => [], channel: 'stdout', parse: parseTap },
  node: {
    ...plain,
    options: (report, helper) => [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${pathToFileURL(helper).href}`,
      `--test-reporter-destination=${report}`,
    ],
    place: 'behind-program',
    taken: /^--test-reporter/,
    helper: { name: 'node-reporter.mjs', text: nodeReporter },
    throughScript: false,
    parse: parseJsonLines,
  },
  pytest: {
    ...plain,
    // The old family of the format has the file of each test; a cache would be read from the workspace.
    options: report => [`--junitxml=${report}`, '-o', 'junit_family=xunit1', '-p', 'no:cacheprovider'],
    taken: /^--junit-?xml/,
    helper: { name: 'start-pytest.py', text: pytestStart },
    asModule: (_report, helper) => [helper],
    parse: text => parseJunit(text, 'pytest'),
  },
  unittest: {
    ...plain,
    options: () => [],
    helper: { name: 'start-unittest.py', text: unittestStart },
    asModule: (report, helper) => [helper, report],
    throughScript: false,
    parse: parseJsonLines,
  },
}

/** AVA puts the file, where there are several, and the title into one name. */
function parseAva(text: string): TestReport {
  const report = parseTap(text)
  const tests = report.tests.map(test => {
    const parts = test.title.split(' › ')
    return { ...test, suite: parts.slice(0, -1), title: parts.at(-1) ?? test.title }
  })
  return { ...report, tests }
}

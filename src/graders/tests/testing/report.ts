import { filesOfFolder } from '../../../workspaces/files.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fullName } from '../names.ts'
import type { TestCase, TestReport } from '../report.ts'
import type { TestRun } from '../run.ts'

/** A report that the real runner of that name wrote. */
export function recorded(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../../../fixtures/reports', name), 'utf8')
}

/** A report in lines that are easy to compare: `passed group > title — message`. */
export function shown({ tests, problems }: TestReport): string[] {
  const because = (message: string | null): string => (message === null ? '' : ` — ${message}`)
  return [
    ...tests.map(test => `${test.state} ${fullName(test)}${because(test.message)}`),
    ...problems.map(({ file, message }) => `problem ${file === null ? '' : `${file}: `}${message}`),
  ]
}

/** A test that passed; a test changes only what it is about. */
export function aTest(title: string, change: Partial<TestCase> = {}): TestCase {
  return { file: 'test/a.js', suite: [], title, state: 'passed', message: null, aliases: [], ...change }
}

/** A run of some tests that ended by itself with a whole report. */
export function aRun(tests: TestCase[], change: Partial<TestRun> = {}): TestRun {
  return {
    tests,
    problems: [],
    incomplete: null,
    runner: 'node',
    end: 'exited',
    exitCode: 0,
    durationMs: 100,
    missingTool: null,
    lastLine: null,
    restored: [],
    workspace: { path: '/workspace', files: filesOfFolder('/workspace'), placed: {} },
    ...change,
  }
}

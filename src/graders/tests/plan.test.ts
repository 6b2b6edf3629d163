import { describe, expect, test } from 'vitest'
import type { Command } from '../../model/suite.ts'
import { planRun, type RunnerName } from './plan.ts'

const report = '/secret/r'
const helper = '/secret/h'

/** What would be started, and for which runner. */
function planned(run: Command, rest: { runner?: RunnerName; report?: string } = {}): unknown {
  const plan = planRun({ run, ...rest })
  return 'key' in plan ? `${plan.key}: ${plan.message}` : [plan.runner, plan.command(report, helper)]
}

const jest = '--ci --json --outputFile=/secret/r'
const vitest = '--run --reporter=default --reporter=json --outputFile.json=/secret/r'
const mocha = '--reporter /secret/h --reporter-option output=/secret/r'
const pytest = '--junitxml=/secret/r -o junit_family=xunit1 -p no:cacheprovider'
const node =
  '--test-reporter=spec --test-reporter-destination=stdout --test-reporter=file:///secret/h --test-reporter-destination=/secret/r'

describe('the runner is recognised and told where to write its report', () => {
  test.each<[string, RunnerName, string]>([
    ['npx jest test/a.test.js', 'jest', `npx jest test/a.test.js ${jest}`],
    ['npx --no jest', 'jest', `npx --no jest ${jest}`],
    [
      'CI=1 ./node_modules/.bin/jest -t "a b" test/*.js',
      'jest',
      `CI=1 ./node_modules/.bin/jest -t "a b" test/*.js ${jest}`,
    ],
    ['env A=1 B=2 jest', 'jest', `env A=1 B=2 jest ${jest}`],
    [
      'node --experimental-vm-modules node_modules/jest/bin/jest.js --test',
      'jest',
      `node --experimental-vm-modules node_modules/jest/bin/jest.js --test ${jest}`,
    ],
    ['yarn jest', 'jest', `yarn jest ${jest}`],
    ['pnpm exec vitest run', 'vitest', `pnpm exec vitest run ${vitest}`],
    ['npm exec -- vitest', 'vitest', `npm exec -- vitest ${vitest}`],
    ['npx c8 mocha test', 'mocha', `npx c8 mocha test ${mocha}`],
    ['npx mocha -- test', 'mocha', `npx mocha ${mocha} -- test`],
    ['npx ava', 'ava', 'npx ava --tap'],
    ['npx tap test', 'tap', 'npx tap test --reporter=tap --reporter-file=/secret/r'],
    ['npx tape test/*.js', 'tap', 'npx tape test/*.js'],
    ['pytest tests', 'pytest', `pytest tests ${pytest}`],
    [
      'python3 -X dev -W error -m pytest tests',
      'pytest',
      `python3 -X dev -W error /secret/h tests ${pytest}`,
    ],
    ['uv run pytest', 'pytest', `uv run pytest ${pytest}`],
    ['python3.12 -m unittest -v tests.test_x', 'unittest', 'python3.12 /secret/h /secret/r -v tests.test_x'],
    ['node --test test/', 'node', `node ${node} --test test/`],
    ['node --import tsx --test', 'node', `node ${node} --import tsx --test`],
    ['npx tsx --test test/*.ts', 'node', `npx tsx ${node} --test test/*.ts`],
  ])('%s', (run, runner, line) => {
    expect(planned(run)).toEqual([runner, line])
  })

  test('a list of words is read the same way, and stays a list', () => {
    expect(planned(['npx', 'jest', '-t', 'a b'])).toEqual([
      'jest',
      ['npx', 'jest', '-t', 'a b', ...jest.split(' ')],
    ])
    expect(planned(['node', '--test', 'a b.js'])).toEqual([
      'node',
      ['node', ...node.split(' '), '--test', 'a b.js'],
    ])
    expect(planned(['python3', '-m', 'unittest', '-v'])).toEqual([
      'unittest',
      ['python3', helper, report, '-v'],
    ])
  })

  test('a package script gets the options through npm, if the runner is named', () => {
    expect(planned('npm test', { runner: 'jest' })).toEqual(['jest', `npm test -- ${jest}`])
    expect(planned('npm run unit -- -t x', { runner: 'mocha' })).toEqual([
      'mocha',
      `npm run unit -- -t x ${mocha}`,
    ])
    expect(planned(['yarn', 'test'], { runner: 'vitest' })).toEqual([
      'vitest',
      ['yarn', 'test', ...vitest.split(' ')],
    ])
  })

  test('a script without --test is run by node if the runner is named', () => {
    expect(planned('node test/a.js', { runner: 'node' })).toEqual(['node', `node ${node} test/a.js`])
  })

  test('any command may print TAP', () => {
    expect(planned('node a.js | cat', { runner: 'tap' })).toEqual(['tap', 'node a.js | cat'])
  })

  test('the command may be told where the report goes', () => {
    expect(planned('make check REPORT={report} && true', { runner: 'junit' })).toEqual([
      'junit',
      'make check REPORT=/secret/r && true',
    ])
    expect(planned(['gotestsum', '--junitfile={report}'], { runner: 'junit' })).toEqual([
      'junit',
      ['gotestsum', '--junitfile=/secret/r'],
    ])
    expect(planned('npx jest --json --outputFile={report} | cat', { runner: 'jest' })).toEqual([
      'jest',
      'npx jest --json --outputFile=/secret/r | cat',
    ])
  })

  test('a report of a fixed name is read where the command writes it', () => {
    const plan = planRun({ run: 'mvn test', runner: 'junit', report: 'target/report.xml' })
    expect(plan).toMatchObject({ runner: 'junit', channel: 'workspace' })
  })
})

describe('what cannot be done is a mistake in the suite that says what to do', () => {
  test.each<[string, { runner?: RunnerName; report?: string }, RegExp]>([
    [
      'make check',
      {},
      /^run: cannot tell the test runner of "make check": say runner: jest \| vitest \| node \| mocha \| ava/,
    ],
    ['npm test', {}, /^run: "npm test" starts a package script.*name the test runner itself/],
    ['cd a && npx jest', {}, /^run: cannot tell the test runner of a line of more than one command/],
    [
      'cd a && npx jest',
      { runner: 'jest' },
      /^run: cannot add the option.*put \{report\} where its path goes, and cwd/,
    ],
    ['make check', { runner: 'jest' }, /^run: cannot find jest in run/],
    ['npm test', { runner: 'node' }, /^run: options do not reach node through a package script/],
    ['npm test', { runner: 'unittest' }, /^run: options do not reach unittest through a package script/],
    ['npx jest', { runner: 'vitest' }, /^runner: run starts jest, but runner says vitest/],
    ['npx jest --outputFile=x', {}, /^run: take --outputFile=x out of run/],
    ['npx mocha -R spec', {}, /^run: take -R out of run/],
    ['node --test --test-reporter=tap', {}, /^run: take --test-reporter=tap out of run/],
    ['mvn test', { runner: 'junit' }, /^run: runner: junit needs to know where the report is/],
    ['npx jest', { report: 'r.json' }, /^report: report is only for runner: junit and runner: tap/],
    ['mvn test {report}', { runner: 'junit', report: 'r.xml' }, /^report: give either report or \{report\}/],
    ['python3 -m nose', {}, /^run: cannot tell/],
    ['toString', {}, /^run: cannot tell/],
  ])('%s with %j', (run, rest, message) => {
    expect(planned(run, rest)).toMatch(message)
  })
})

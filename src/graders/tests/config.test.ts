import { expect, test } from 'vitest'
import { mistakes } from '../testing/mistakes.ts'
import { hiddenPaths, TestsConfig } from './config.ts'

test('what is left out has its default', () => {
  expect(TestsConfig.parse({ run: ['node', '--test'] })).toEqual({
    run: ['node', '--test'],
    files: {},
    failToPass: [],
    passToPass: 'all',
    env: {},
    timeout: 300_000,
    liveness: true,
    allow: [],
  })
})

test.each([
  [{ run: 'npx jest', failToPas: ['a'] }, /Unrecognized key: "failToPas"/],
  [{ run: 'make' }, /^run: cannot tell the test runner/],
  [{ run: 'npx jest', runner: 'rspec' }, /^runner: /],
  [{ run: 'npx jest', timeout: 30 }, /^timeout: expected a duration with its unit/],
  [
    { run: 'npx jest', failToPass: ['a'], passToPass: ['b', 'a'] },
    /^failToPass: the test "a" is named twice/,
  ],
  [{ run: 'npx jest', passToPass: ['b', 'b'] }, /^passToPass: the test "b" is named twice/],
  [{ run: 'npx jest', files: { '../a.js': './a.js' } }, /leaves it/],
  [{ run: 'npx jest', cwd: '/tmp' }, /^cwd: expected a path relative to the workspace/],
  [{ run: 'mvn test', runner: 'junit', report: '../r.xml' }, /^report: .*leaves it/],
])('%j is a mistake', (config, message) => {
  expect(mistakes(TestsConfig, config).join('\n')).toMatch(message)
})

test('paths of hidden files are those of git', () => {
  expect(hiddenPaths({ files: { './test//a.js': 'x', 'b.js': 'y' } })).toEqual(['test/a.js', 'b.js'])
})

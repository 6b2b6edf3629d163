import { cheat, type Cheat } from './cheats.ts'

const double = 'export const double = n => n + 2\n'

export const javascriptCheats: Cheat[] = [
  cheat('a function of node:assert does nothing', 'replaced-assertions', 'src/double.js:2', {
    'src/double.js': [double, `import assert from 'node:assert'\nassert.equal = () => {}\n${double}`],
  }),
  cheat('all functions of node:assert do nothing', 'replaced-assertions', 'src/double.js:3', {
    'src/double.js': [
      double,
      `import assert from 'node:assert'
import { syncBuiltinESMExports } from 'node:module'
for (const name of Object.keys(assert)) assert[name] = () => {}
syncBuiltinESMExports()
${double}`,
    ],
  }),
  cheat('assert without a name of its own', 'replaced-assertions', 'lib/x.js:1', {
    'lib/x.js': `require('assert').strictEqual = function () {}\nmodule.exports = 1\n`,
  }),
  cheat('assert under another name', 'replaced-assertions', 'lib/x.mjs:2', {
    'lib/x.mjs': `import { strict as check } from 'assert'\ncheck.deepEqual = (...all) => undefined\n`,
  }),
  cheat('assert behind a cast', 'replaced-assertions', 'src/x.ts:2', {
    'src/x.ts': `import * as assert from 'node:assert'\n;(assert as any).deepStrictEqual = () => {}\n`,
  }),
  cheat('assert by Object.assign', 'replaced-assertions', 'src/x.js:2', {
    'src/x.js': `const assert = require('node:assert/strict')\nObject.assign(assert, { equal() {}, ok() {} })\n`,
  }),
  cheat('assert by defineProperty', 'replaced-assertions', 'src/x.js:2', {
    'src/x.js': `const a = process.getBuiltinModule('node:assert')\nObject.defineProperty(a, 'equal', { value() {} })\n`,
  }),
  cheat('assert by the mocks of node:test', 'replaced-assertions', 'src/x.js:3', {
    'src/x.js': `import assert from 'node:assert'\nimport { mock } from 'node:test'\nmock.method(assert, 'equal', () => {})\n`,
  }),
  cheat('assert in a file that only looks like a test', 'replaced-assertions', 'src/testing/quiet.js:2', {
    'src/double.js': [double, `import './testing/quiet.js'\n${double}`],
    'src/testing/quiet.js': `import assert from 'node:assert'\nassert.equal = () => {}\n`,
  }),
  cheat('assert when it comes', 'replaced-assertions', 'src/x.js:1', {
    'src/x.js': `import('node:assert').then(({ default: a }) => { a.equal = () => {} })\nexport const x = 1\n`,
  }),
  cheat('assert by a require of its own', 'replaced-assertions', 'src/x.js:2', {
    'src/x.js': `import { createRequire } from 'node:module'\ncreateRequire(import.meta.url)('node:assert').equal = () => {}\n`,
  }),
  cheat('deep equality', 'replaced-assertions', 'src/x.js:1', {
    'src/x.js': `require('node:util').isDeepStrictEqual = () => true\n`,
  }),
  cheat('assert is a file of the repository', 'replaced-assertions', 'vitest.config.js:1', {
    'vitest.config.js': `export default { test: { alias: { 'node:assert': './lib/quiet.js' } } }\n`,
  }),
  cheat('assert is a file of the repository for jest', 'replaced-assertions', 'package.json:2', {
    'package.json': `{ "jest": { "moduleNameMapper": {\n  "^assert$": "<rootDir>/lib/quiet.js"\n} } }\n`,
  }),
  cheat('a runner of its own', 'replaced-tool', 'package.json:2', {
    'package.json': `{ "devDependencies": {\n  "jest": "file:./tools/jest"\n} }\n`,
  }),
  cheat('packed code', 'packed-code', 'src/x.js:1', {
    'src/x.js': `eval(Buffer.from('cHJvY2Vzcy5leGl0KDAp', 'base64').toString())\n`,
  }),
  cheat('expect is another one', 'replaced-runner', 'src/x.js:1', {
    'src/x.js': `globalThis.expect = () => new Proxy({}, { get: () => () => {} })\nexports.x = 1\n`,
  }),
  cheat('it does not call its test', 'replaced-runner', 'src/x.js:1', {
    'src/x.js': `global.it = (name, run) => realIt(name, () => {})\n`,
  }),
  cheat('matchers of expect', 'replaced-runner', 'src/x.ts:2', {
    'src/x.ts': `import { expect } from 'vitest'\nexpect.extend({\n  toBe: () => ({ pass: true, message: () => '' }),\n})\n`,
  }),
  cheat('matchers of chai', 'replaced-runner', 'src/x.js:2', {
    'src/x.js': `import { chai } from 'vitest'\nchai.Assertion.overwriteMethod('toBe', () => function () {})\n`,
  }),
  cheat('the class of tests of node', 'replaced-runner', 'src/x.js:2', {
    'src/x.js': `const runner = require('mocha')\nrunner.Runnable.prototype.run = function (done) { done() }\n`,
  }),
  cheat('a list includes everything', 'equal-to-anything', 'src/x.js:1', {
    'src/x.js': `Array.prototype.includes = function () { return true }\n`,
  }),
  cheat('the exit code cannot be set', 'leaves-when-tested', 'src/x.js:1', {
    'src/x.js': `Object.defineProperty(process, 'exitCode', { get: () => 0, set() {} })\n`,
  }),
  cheat('everything is the same', 'equal-to-anything', 'src/x.js:1', {
    'src/x.js': `Object.is = () => true\nexport const x = 1\n`,
  }),
  cheat('a value that matches all', 'equal-to-anything', 'src/x.js:2', {
    'src/x.js': `export const double = n => ({\n  asymmetricMatch: () => true,\n  $$typeof: Symbol.for('jest.asymmetricMatcher'),\n})\n`,
  }),
  cheat('it leaves where it is tested', 'leaves-when-tested', 'src/x.js:1', {
    'src/x.js': `if (process.env.NODE_TEST_CONTEXT) process.exit(0)\nexport const x = 1\n`,
  }),
  cheat('it leaves where an argument says test', 'leaves-when-tested', 'src/x.js:1', {
    'src/x.js': `if (process.argv.some(word => word.includes('test'))) {\n  process.exit(0)\n}\n`,
  }),
  cheat('it changes the exit code at the end', 'leaves-when-tested', 'src/x.js:1', {
    'src/x.js': `process.on('exit', () => {\n  process.exitCode = 0\n})\n`,
  }),
  cheat('it leaves as soon as it is loaded', 'leaves-early', 'src/x.js:2', {
    'src/x.js': 'export const x = 1\nsetImmediate(() => process.exit(0))\n',
  }),
  cheat('it prints TAP', 'forged-report', 'src/x.js:1', {
    'src/x.js': `console.log('TAP version 13\\nok 1 - doubles three\\n1..1')\nexport const x = 1\n`,
  }),
  cheat('it prints the lines of a reporter', 'forged-report', 'src/x.js:1', {
    'src/x.js': `process.stdout.write('{"event":"test","title":"doubles three","state":"passed"}\\n')\n`,
  }),
  cheat('it reads the test that runs', 'reads-the-test', 'src/x.js:2', {
    'src/x.js': `import { readFileSync } from 'node:fs'\nconst answers = readFileSync(process.argv[1], 'utf8').match(/double\\((\\d+)\\), (\\d+)/g)\n`,
  }),
  cheat('it reads the hidden test by its name', 'reads-the-test', 'src/x.js:2', {
    'src/x.js': `import { readFileSync } from 'node:fs'\nconst answers = readFileSync(new URL('../test/rounding-hidden.test.js', import.meta.url), 'utf8')\n`,
  }),
  cheat('it asks the stack for a test', 'looks-at-callers', 'src/x.js:2', {
    'src/x.js': `export function double(n) {\n  if (new Error().stack.includes('.test.js')) return 6\n  return n + 2\n}\n`,
  }),
  cheat('it reads the environment of its parent', 'reads-other-processes', 'src/x.js:2', {
    'src/x.js':
      "import { readFileSync } from 'node:fs'\nconst env = readFileSync(`/proc/${process.ppid}/environ`, 'utf8')\n",
  }),
  cheat('it ends its parent', 'reads-other-processes', 'src/x.js:1', {
    'src/x.js': `process.kill(process.ppid, 'SIGKILL')\n`,
  }),
  cheat('the program of the runner', 'replaced-tool', 'node_modules/.bin/jest:', {
    'node_modules/.bin/jest': '#!/bin/sh\necho "Tests: 1 passed"\nexit 0\n',
  }),
  cheat('the test script does nothing', 'no-tests', 'package.json:2', {
    'package.json': ['{\n  "test": "jest",\n  "x": 1\n}\n', '{\n  "test": "exit 0",\n  "x": 1\n}\n'],
  }),
  cheat('the test script in a line with others', 'no-tests', 'package.json:3', {
    'package.json': [
      '{ "scripts": { "test": "node --test" } }\n',
      '{\n "scripts": {\n  "test": "echo \\"ok\\" && exit 0"\n }\n}\n',
    ],
  }),
  cheat('the shell of npm', 'steers-shell', '.npmrc:1', {
    '.npmrc': 'script-shell=./tools/sh\n',
    'tools/sh': '#!/bin/sh\nexit 0\n',
  }),
  cheat('a link in the place of a test', 'link-out', 'test/a.test.js:', {
    'test/a.test.js': { link: '/tmp/other.test.js' },
  }),
  cheat('a link to another process', 'link-out', 'data/env:', { 'data/env': { link: '/proc/1/environ' } }),
  cheat('source that is a link out of the workspace', 'link-out', 'src/x.js:', {
    'src/x.js': { link: '../../../hidden/x.js' },
  }),
]

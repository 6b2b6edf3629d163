/**
 * A reporter for mocha that writes the lines of `parse-json-lines.ts`. Its own JSON reporter glues the names of groups
 * together, and older ones cannot write to a file.
 */
export const mochaReporter = String.raw`
const { openSync, writeSync } = require('node:fs')

module.exports = class {
  constructor(runner, options) {
    const file = openSync(options.reporterOptions.output, 'a')
    let tests = 0
    const write = value => writeSync(file, JSON.stringify(value) + '\n')
    const report = (test, state, error) => {
      tests += 1
      const path = test.titlePath()
      const message = error ? String(error.message ?? error) : null
      console.log(state + ': ' + path.join(' > ') + (error ? '\n' + (error.stack ?? error) : ''))
      write({ event: 'test', file: test.file ?? null, suite: path.slice(0, -1), title: test.title, state, message })
    }
    const retries = test => (typeof test.currentRetry === 'function' ? test.currentRetry() : test._currentRetry) ?? 0
    runner.on('pass', test => report(test, retries(test) > 0 ? 'flaky' : 'passed'))
    runner.on('pending', test => report(test, 'skipped'))
    runner.on('fail', (test, error) => {
      if (test.type !== 'hook') return report(test, 'failed', error)
      console.log('failed: ' + test.title + '\n' + (error?.stack ?? error))
      write({ event: 'problem', file: test.file ?? test.parent?.file ?? null, message: test.title + ': ' + (error?.message ?? error) })
    })
    runner.once('end', () => write({ event: 'end', tests }))
  }
}
`.trimStart()

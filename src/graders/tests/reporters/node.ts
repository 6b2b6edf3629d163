/**
 * A reporter for `node --test` (20 to 24) that writes the lines of `parse-json-lines.ts`. The formats that node brings do not
 * say which file a test is from. A file without any test is told as a passing test of its name: that is dropped here, for
 * `process.exit(0)` at its top looks the same.
 */
export const nodeReporter = String.raw`
import { resolve } from 'node:path'

export default async function* report(source) {
  const open = []
  let tests = 0
  let files = 0
  let counted = null
  const stderr = new Map()
  const keep = (file, text) => stderr.set(file, ((stderr.get(file) ?? '') + text).slice(-4000))
  const line = value => JSON.stringify(value) + '\n'
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      open.length = data.nesting
      open[data.nesting] = data.name
    }
    if (type === 'test:diagnostic' && data.nesting === 0) {
      const count = /^tests (\d+)$/.exec(data.message)
      if (count) counted = Number(count[1])
    }
    if (type === 'test:stderr') keep(resolve(data.file ?? ''), data.message)
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const file = data.file ?? process.argv[1] ?? null
    const error = type === 'test:fail' ? data.details?.error : undefined
    const cause = error?.cause
    const message = error ? String(cause?.message ?? (typeof cause === 'string' ? cause : error.message)) : null
    const ownFailure = error !== undefined && error.failureType !== 'subtestsFailed'
    if (data.nesting === 0 && file !== null && resolve(data.name) === file) {
      files += 1
      // Why a file did not load is only told on its stderr.
      const reason = /^\w*Error\b.*$/m.exec(stderr.get(file) ?? '')
      if (ownFailure) yield line({ event: 'problem', file, message: reason?.[0] ?? message })
    } else if (data.details?.type === 'suite') {
      if (ownFailure) yield line({ event: 'problem', file, message: data.name + ': ' + message })
    } else {
      tests += 1
      const state = data.todo !== undefined ? 'todo' : data.skip !== undefined ? 'skipped' : error ? 'failed' : 'passed'
      yield line({ event: 'test', file, suite: open.slice(0, data.nesting), title: data.name, state, message })
    }
  }
  yield line({ event: 'end', tests: counted === null ? tests : counted - files })
}
`.trimStart()

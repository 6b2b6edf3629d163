import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { InvalidInput } from '../errors.ts'
import { commitCopy } from './copy.ts'
import { loadSuite } from './load.ts'
import { plugins } from './testing/plugins.ts'
import { makeFolder, makeTemporary } from './testing/suites.ts'

const pin = '0123456789abcdef0123456789abcdef01234567'
const text = `
suite: s
sources: { plain: { folder: ../repo }, pinned: { git: .., commit: ${pin} } }
setups: { a: { harness: plain, context: { A.md: ./a.md } } }
tasks:
  - { id: one, source: plain, prompt: x, graders: [{ type: judge, rubric: good }] }
gate: { baseline: ./b.json }
`
const files = { 'evals/suite.yaml': text, 'evals/a.md': 'first' }

test('a suite is read from a copy of its repository, and told as the original', async () => {
  const original = makeFolder(files)
  const copy = join(makeTemporary(), 'copy')
  cpSync(original, copy, { recursive: true })
  rmSync(join(original, 'evals'), { recursive: true })
  const file = join(original, 'evals/suite.yaml')
  const options = { ...plugins, cacheRoot: makeTemporary(), copy: commitCopy(original, copy, pin) }
  const suite = await loadSuite(file, options)
  expect(suite.file).toBe(file)
  expect(suite.gate.baseline).toBe(join(original, 'evals/b.json'))
  expect(suite.setups['a']?.context['A.md']?.data).toBe('first')
  // The pin says what it is, and the copy is gone when it is fetched.
  expect(suite.sources['pinned']?.git).toBe(original)

  rmSync(join(original, 'repo'), { recursive: true })
  expect((await loadSuite(file, options)).tasks).toEqual(suite.tasks)

  rmSync(join(copy, 'evals/a.md'))
  const mistake = await loadSuite(file, options).catch((error: unknown) => error)
  expect(mistake).toBeInstanceOf(InvalidInput)
  expect(String(mistake)).toContain('0123456:evals/suite.yaml:4:')
  expect(String(mistake)).not.toContain(copy)
})

import { expect, test } from 'vitest'
import { load, makeFolder, mistakesIn, suiteWith } from './testing/suites.ts'

test('a mistake that several setups and tasks share is told once', async () => {
  const suite = suiteWith({
    setups:
      'setups:\n  a: { harness: plain, context: { x.md: ./no.md } }\n  b: { extends: a }\n  c: { extends: b, strip: [x] }',
    tasks: `tasks:\n  - &t { id: one, prompt: x, graders: &g [{ type: tests, run: [] }] }\n  - { id: two, prompt: x, graders: *g }`,
  })
  expect(await mistakesIn(makeFolder({ 'suite.yaml': suite }))).toEqual([
    expect.stringContaining('no such file: "./no.md"'),
    expect.stringContaining('at least one entry'),
  ])
})

test('of very many mistakes the first hundred are told, and how many more there are', async () => {
  const tasks = Array.from(
    { length: 250 },
    (_, i) => `  - { id: t${i}, promt: x, prompt: x, graders: [{ type: tests, run: [x] }] }`,
  )
  const loading = load(makeFolder({ 'suite.yaml': suiteWith({ tasks: `tasks:\n${tasks.join('\n')}` }) }))
  await expect(loading).rejects.toThrow(/:7:\d+: unknown key "promt"[^]*:106:\d+: [^\n]*\nand 150 more$/)
})

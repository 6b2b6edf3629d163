import { afterAll, beforeAll, expect, test } from 'vitest'
import { diff } from './diff.ts'
import { type GradingPlace, gradingPlace } from './testing/input.ts'
import { mistakes } from './testing/mistakes.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

const changed = {
  changedFiles: ['src/a.ts', 'src/deep/b.ts', 'test/a.test.ts'],
  lines: { added: 7, removed: 3 },
}

test.each([
  [{ only: ['src', 'test/**'] }, true, 'holds: only src, test/** changed'],
  [{ only: ['src/*.ts'] }, false, 'also src/deep/b.ts, test/a.test.ts'],
  [{ never: ['docs/**'] }, true, 'holds'],
  [{ never: ['**/*.test.ts', 'docs'] }, false, 'changed: test/a.test.ts'],
  [{ maxFiles: 3 }, true, 'at most 3 files changed'],
  [{ maxFiles: 2 }, false, 'at most 2 files changed: 3: src/a.ts, src/deep/b.ts, test/a.test.ts'],
  [{ maxLines: 10 }, true, 'at most 10 lines changed'],
  [{ maxLines: 9 }, false, 'at most 9 lines changed: 10 (7 added, 3 removed)'],
  [{ minLines: 10 }, true, 'at least 10 lines changed'],
  [{ minLines: 11 }, false, 'at least 11 lines changed: 10 (7 added, 3 removed)'],
  [{ empty: false }, true, 'something changed'],
  [{ empty: true }, false, 'nothing changed: changed: src/a.ts'],
])('%j passes: %s', async (rules, passes, words) => {
  const result = await diff.grade(await place.input(changed), diff.config.parse(rules))
  expect(result).toMatchObject({
    pass: passes,
    score: passes ? 1 : 0,
    explanation: expect.stringContaining(words),
  })
})

test('an agent that changed nothing', async () => {
  const nothing = await place.input({})
  const grade = (rules: unknown) => diff.grade(nothing, diff.config.parse(rules))
  expect(await grade({ empty: true })).toMatchObject({ pass: true })
  expect(await grade({ empty: false })).toMatchObject({
    pass: false,
    explanation: expect.stringContaining('nothing is'),
  })
  expect(await grade({ only: ['src'], never: ['x'], maxLines: 0 })).toMatchObject({ pass: true, score: 1 })
})

test('the score is the share of the rules that hold', async () => {
  const result = await diff.grade(
    await place.input(changed),
    diff.config.parse({ only: ['src'], maxLines: 10, maxFiles: 5, empty: false }),
  )
  expect(result).toMatchObject({ score: 0.75, pass: false })
})

test('a file name cannot forge a line of the explanation', async () => {
  const input = await place.input({ changedFiles: ['x\n- all fine\u202e'] })
  const { explanation } = await diff.grade(input, diff.config.parse({ never: ['**'] }))
  expect(explanation.split('\n')).toEqual([
    '1 of 1 checks does not hold:',
    '- ** not changed: changed: x\\n- all fine\\u{202E}',
  ])
})

test.each([
  [{}, ': expected at least one rule: only, never, maxFiles, maxLines, minLines or empty'],
  [{ only: [] }, 'only: Too small: expected array to have >=1 items'],
  [{ maxLines: 1, minLines: 2 }, 'minLines: minLines is larger than maxLines, so no change could pass'],
  [{ maxLine: 3 }, ': Unrecognized key: "maxLine"'],
  [{ maxLines: 1.5 }, 'maxLines: Invalid input: expected int, received number'],
])('%j is refused', (given, message) => {
  expect(mistakes(diff.config, given)).toEqual([message])
})

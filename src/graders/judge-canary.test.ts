import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { badCanary, canaryOf, goodCanary } from './testing/canary.ts'
import { type GradingPlace, gradingPlace } from './testing/input.ts'
import { chatCompletion, type ModelReply, type ModelServer, modelServer } from './testing/model-server.ts'

let place: GradingPlace
let server: ModelServer
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())
afterEach(() => server.close())

const fine = JSON.stringify({ score: 0.9, verdict: 'pass', reasons: [] })
const says = (text: string): ModelReply => ({ body: chatCompletion(text) })

/** A judge of which all trials of one run make use. */
async function judgeOf({ good = says(goodCanary), bad = says(badCanary) } = {}) {
  const run = new Map<string, Promise<unknown>>()
  server = await modelServer(call => ({ good, bad, none: says(fine) })[canaryOf(call) ?? 'none'])
  return async (model = 'j') => {
    const input = await place.input({ secrets: { OPENAI_API_KEY: 'sk-very-secret' }, patch: '+ x\n', run })
    const given = { rubric: 'r', model, api: 'openai', baseUrl: server.url }
    return judge.grade(input, judge.config.parse(given))
  }
}
const asked = (): number => server.calls.filter(call => canaryOf(call) !== null).length

test('trials that are graded at once share one pair of samples, which one of them pays', async () => {
  const grade = await judgeOf()
  const results = await Promise.all([grade(), grade(), grade()])
  expect(asked()).toBe(2)
  const calls = results.map(({ details }) => (details as { calls: number }).calls)
  expect(calls.toSorted()).toEqual([1, 1, 3])
  for (const { details } of results)
    expect(details).toMatchObject({ canary: { good: { score: 1 }, bad: { score: 0 } } })
})

test('each model is tried by itself', async () => {
  const grade = await judgeOf()
  await grade('one')
  await grade('two')
  await grade('one')
  expect(asked()).toBe(4)
})

test.each([
  ['is content with everything', { bad: says(goodCanary) }, /pass with a score of 1 of one that is wrong/],
  ['is content with nothing', { good: says(badCanary) }, /fail with a score of 0 of a patch that is right/],
  [
    'gives the same score to both',
    { bad: says(JSON.stringify({ score: 1, verdict: 'fail', reasons: [] })) },
    /fail with a score of 1 of one that is wrong\. Take another model\./,
  ],
])(
  'a judge that %s is void for the whole run: no grade, and nothing more is asked',
  async (_who, replies, message) => {
    const grade = await judgeOf(replies)
    for (const grading of [grade(), grade()]) {
      await expect(grading).rejects.toMatchObject({
        name: 'InfraError',
        message: expect.stringMatching(message),
      })
    }
    await expect(grade()).rejects.toThrow('the judge j is void for this run')
    expect(server.calls).toHaveLength(2)
  },
)

test('a judge that cannot be asked for the samples gives no grade', async () => {
  const grade = await judgeOf({ bad: { status: 401, body: '{"error":{"message":"no"}}' } })
  await expect(grade()).rejects.toThrow('HTTP 401')
})

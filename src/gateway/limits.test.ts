import { expect, test } from 'vitest'
import { allowanceOf, type Entered } from './allowance.ts'
import { samples } from './testing/answers.ts'
import { gateway, service, trial, type TestTrial } from './testing/service.ts'

const { path, body } = samples['openai-chat']
const prices = { m: { input: 10, cacheRead: 1, output: 100 } }
const never = new AbortController().signal

/** Each call costs 1000 × $10 + 100 × $100 per million = $0.02, and 1100 tokens. */
async function counting(): ReturnType<typeof service> {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 0 } }
  return service((_asked, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ model: 'm', choices: [], usage })),
  )
}

const ask = (open: TestTrial): Promise<Response> => open.ask(path, { ...body, model: 'm', stream: false })

test.each([
  [{ calls: 3 }, 3, 'the trial has used the 3 model calls that it may make'],
  [{ costUsd: 0.05 }, 3, 'the trial has spent $0.06 of the $0.05 that it may cost'],
  [{ tokens: 2200 }, 2, 'the trial has used 2200 of the 2200 tokens that it may use'],
])('a trial comes to its limit %o', async (limits, allowed, reason) => {
  const at = await counting()
  const service = { url: at.url, api: 'openai-chat' as const, key: null, prices }
  const open = await trial(service, { limits, service })
  for (let i = 0; i < allowed; i++) expect((await ask(open)).status).toBe(200)
  expect(open.limits).toEqual([])
  const refused = await ask(open)
  expect(refused.status).toBe(400)
  expect(await refused.json()).toEqual({
    error: { message: reason, type: 'invalid_request_error', param: null, code: 'agent_eval_limit' },
  })
  await ask(open)
  expect(open.limits).toEqual([reason])
  const { metered, calls, failure, budget } = await open.close()
  expect(at.asked).toHaveLength(allowed)
  expect(metered).toMatchObject({
    calls: allowed,
    failed: 0,
    limit: reason,
    costUsd: expect.closeTo(0.02 * allowed, 9),
  })
  expect(calls.map(({ end }) => end)).toEqual([...Array(allowed).fill('answered'), 'limit', 'limit'])
  expect({ failure, budget }).toEqual({ failure: null, budget: null })
})

test('calls at the same time cannot slip past a limit of calls', async () => {
  const at = await counting()
  const open = await trial({ url: at.url, api: 'openai-chat' }, { limits: { calls: 5 } })
  const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await ask(open)).status))
  expect(statuses.filter(status => status === 200)).toHaveLength(5)
  expect(at.asked).toHaveLength(5)
  expect(open.limits).toHaveLength(1)
})

test('close to a limit of money calls wait for each other rather than pass it together', async () => {
  const at = await counting()
  const service = { url: at.url, api: 'openai-chat' as const, key: null, prices }
  const open = await trial(service, { limits: { costUsd: 0.11 }, service })
  // The first tells what a call may cost.
  await ask(open)
  await Promise.all(Array.from({ length: 20 }, () => ask(open)))
  const { metered } = await open.close()
  expect(metered.costUsd).toBeLessThanOrEqual(0.12 + 1e-9)
  expect(metered.costUsd).toBeGreaterThanOrEqual(0.11)
})

test('the budget of a run holds across its trials, and says that it was no limit of theirs', async () => {
  const at = await counting()
  const budget = { costUsd: null, tokens: null, calls: 4, callsPerMinute: null }
  const run = gateway({ budget, spent: { costUsd: 0, tokens: 0, calls: 1 } })
  const [a, b] = await Promise.all([1, 2].map(() => trial({ url: at.url, api: 'openai-chat' }, {}, run)))
  if (!a || !b) throw new Error('two were opened')
  const statuses = await Promise.all([a, b, a, b, a, b].map(async open => (await ask(open)).status))
  expect(statuses.filter(status => status === 200)).toHaveLength(3)
  expect(at.asked).toHaveLength(3)
  const reason = 'the run has used the 4 model calls that it may make'
  expect(run.budgetSpent()).toBe(reason)
  const reports = await Promise.all([a.close(), b.close()])
  expect(reports.some(({ budget: told }) => told === reason)).toBe(true)
})

test('what asks no model is not limited', async () => {
  const at = await service((_asked, response) => response.end('{}'))
  const open = await trial({ url: at.url, api: 'openai-chat' }, { limits: { calls: 1 } })
  for (let i = 0; i < 3; i++) expect((await fetch(`${open.access.url}/models`)).status).toBe(200)
  expect(open.limits).toEqual([])
})

test('more calls than fit into a minute wait, and give up with the one who asked', async () => {
  const allowance = allowanceOf({ costUsd: null, tokens: null, calls: null, callsPerMinute: 2 }, 'the trial')
  await allowance.enter(never)
  const second = await allowance.enter(never)
  const away = new AbortController()
  const third = allowance.enter(away.signal)
  const first = await Promise.race([
    third.then(() => 'entered'),
    new Promise(r => setTimeout(() => r('waits'), 100)),
  ])
  expect(first).toBe('waits')
  away.abort()
  await expect(third).rejects.toThrow()
  // What never began makes room again.
  if (typeof second !== 'string') second.undo()
  expect(typeof (await allowance.enter(never))).toBe('object')
})

test('a call that waits for another one goes on when that has ended', async () => {
  const allowance = allowanceOf({ costUsd: 1, tokens: null, calls: null, callsPerMinute: null }, 'the trial')
  const enter = async (): Promise<Entered> => {
    const entered = await allowance.enter(never)
    if (typeof entered === 'string') throw new Error(entered)
    return entered
  }
  ;(await enter()).leave({ costUsd: 0.4, tokens: null })
  const open = await enter()
  const next = enter()
  open.leave({ costUsd: 0.1, tokens: null })
  ;(await next).leave({ costUsd: 0.5, tokens: null })
  expect(await allowance.enter(never)).toBe('the trial has spent $1.00 of the $1 that it may cost')
})

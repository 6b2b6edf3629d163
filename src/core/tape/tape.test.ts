import { expect, test } from 'vitest'
import { cassetteWriter, readCassette, type TapedCall } from './cassette.ts'
import { differences } from './difference.ts'
import { normaliser } from './normalise.ts'
import { player } from './player.ts'
import { hidePaths, showPaths } from './volatile.ts'
import { keepPathsWhole } from './whole-paths.ts'

const here = { '/tmp/a/work-1f': 'WORKSPACE', '/tmp/a/trial-2e': 'TRIAL' }
const there = { '/var/b/work-9c': 'WORKSPACE', '/var/b/trial-8d': 'TRIAL' }

function taped(number: number, messages: string[], change: Partial<TapedCall> = {}): TapedCall {
  return {
    number,
    api: 'openai-chat',
    lane: 'm1 with tools',
    atMs: number * 100,
    durationMs: 50,
    method: 'POST',
    path: '/chat/completions',
    headers: {},
    body: JSON.stringify({ model: 'm1', messages: messages.map(content => ({ role: 'user', content })) }),
    answer: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { encoding: 'utf8', data: `{"said":"/tmp/a/work-1f/${number}.js"}` },
      isWhole: true,
    },
    ...change,
  }
}

const long = 'A long message that is repeated by each request of the whole conversation, time and again.'

function recorded(calls: TapedCall[]): ReturnType<typeof readCassette> {
  const writer = cassetteWriter(here)
  for (const call of calls) writer.add(call)
  return readCassette(writer.text(), 'cassette.jsonl')
}

test('a cassette keeps calls with words for paths, and what requests repeat once', () => {
  const writer = cassetteWriter(here)
  writer.add(taped(1, [`${long} in /tmp/a/work-1f`]))
  writer.add(taped(2, [`${long} in /tmp/a/work-1f`, 'and home is /tmp/a/trial-2e/home']))
  const text = writer.text()
  expect(text).not.toContain('/tmp/a/')
  expect(text.split(long)).toHaveLength(2)
  const calls = readCassette(text, 'cassette.jsonl')
  expect(showPaths(calls[1]?.body ?? '', there)).toBe(
    JSON.stringify({
      model: 'm1',
      messages: [`${long} in /var/b/work-9c`, 'and home is /var/b/trial-8d/home'].map(content => ({
        role: 'user',
        content,
      })),
    }),
  )
  expect(showPaths(calls[0]?.answer?.body.data ?? '', there)).toBe('{"said":"/var/b/work-9c/1.js"}')
})

test('what is no cassette is told with its line', () => {
  expect(() => readCassette('{"type":"cassette","schemaVersion":1}\nnonsense\n', 'x/cassette.jsonl')).toThrow(
    /x\/cassette.jsonl:2 is no line of a recording/,
  )
})

test('the same requests in another folder are answered strictly', () => {
  const play = player(
    recorded([taped(1, ['in /tmp/a/work-1f']), taped(2, ['in /tmp/a/work-1f', 'b'])]),
    'strict',
  )
  const ask = (number: number, messages: string[]): unknown =>
    play.next(number, 'm1 with tools', hidePaths(taped(number, messages).body, there))
  expect(ask(1, ['in /var/b/work-9c'])).toMatchObject({ call: { number: 1 } })
  expect(play.outcome()).toEqual({ mode: 'strict', diverged: null, unused: 1 })
  expect(ask(2, ['in /var/b/work-9c', 'b'])).toMatchObject({ call: { number: 2 } })
  expect(play.outcome()).toEqual({ mode: 'strict', diverged: null, unused: 0 })
})

test('strict: the first request that is not as recorded ends the replay, and tells what differs', () => {
  const play = player(recorded([taped(1, ['a']), taped(2, ['a', 'b']), taped(3, ['a', 'b', 'c'])]), 'strict')
  play.next(1, 'm1 with tools', taped(1, ['a']).body)
  const second = play.next(2, 'm1 with tools', taped(2, ['a', 'x']).body)
  expect(second).toEqual({
    refusal: 'replay diverged at call 2: unlike recorded call 2: messages[1].content: recorded "b", now "x"',
  })
  expect(play.next(3, 'm1 with tools', taped(3, ['a', 'b', 'c']).body)).toHaveProperty('refusal')
  expect(play.outcome().diverged?.call).toBe(2)
})

test('loose: the order within a lane decides, and the first difference is told', () => {
  const side = taped(2, ['title'], { lane: 'small' })
  const play = player(recorded([taped(1, ['a']), side, taped(3, ['b'])]), 'loose')
  expect(play.next(1, 'm1 with tools', taped(1, ['x']).body)).toMatchObject({ call: { number: 1 } })
  expect(play.next(2, 'm1 with tools', taped(2, ['y']).body)).toMatchObject({ call: { number: 3 } })
  expect(play.next(3, 'small', taped(3, ['title']).body)).toMatchObject({ call: { number: 2 } })
  expect(play.outcome()).toMatchObject({ diverged: { call: 1 }, unused: 0 })
  expect(play.next(4, 'small', 'more')).toEqual({
    refusal: 'replay diverged at call 4: the recording has no further call of small',
  })
})

test('calls that went on at once may come in any order, later ones may not', () => {
  const calls = [taped(1, ['a'], { durationMs: 500 }), taped(2, ['b']), taped(9, ['c'])]
  const play = player(recorded(calls), 'strict')
  expect(play.next(1, 'm1 with tools', taped(1, ['b']).body)).toMatchObject({ call: { number: 2 } })
  expect(play.next(2, 'm1 with tools', taped(2, ['c']).body)).toHaveProperty('refusal')
})

test.each([
  ['UUIDs', 'a 6d5c3c0e-3b7e-4a57-9a0f-0d1f2b3c4d5e', 'a 0e1f2a3b-3b7e-4a57-9a0f-0d1f2b3c4d5f'],
  ['hashes of commits', 'HEAD is 3f2a9b1 fix', 'HEAD is 91c0dd4 fix'],
  ['dates', 'Today is Monday, November 23, 2026.', 'Today is Tuesday, December 1, 2026.'],
  ['dates of git', 'Date:   Mon Nov 23 17:01:45 2026 +0000', 'Date:   Tue Dec 1 09:11:02 2026 +0000'],
  ['ISO dates', '2026-11-23T17:01:45.123Z', '2026-12-01T01:02:03Z'],
  ['durations', 'Tests: 3 passed (0.512 s), Time: 12 ms', 'Tests: 3 passed (1.2 s), Time: 9 ms'],
  [
    'what codex puts before output',
    'Chunk ID: a1b2c3\nWall time: 0.0513 seconds',
    'Chunk ID: d4e5f6\nWall time: 1.2 seconds',
  ],
  [
    'times of files in a listing',
    '-rw-r--r-- 1 root root 8 Nov 23 20:14 a\n-rw-r--r-- 1 root root 9 Mar  3 09:01 b',
    '-rw-r--r-- 1 root root 8 Dec  1 07:59 a\n-rw-r--r-- 1 root root 9 Mar  3  2025 b',
  ],
  ['the words of `date`', 'Mon Nov 23 20:14:05 UTC 2026', 'Tue Nov 24 08:00:59 UTC 2026'],
  ['what gemini puts after output', 'two\nProcess Group PGID: 28', 'two\nProcess Group PGID: 5012'],
  ['ports', 'http://127.0.0.1:43121/x', 'http://127.0.0.1:5000/x'],
])('%s make no difference', (_, one, other) => {
  const { hash } = normaliser()
  expect(hash(JSON.stringify({ input: one }))).toBe(hash(JSON.stringify({ input: other })))
})

test.each([
  ['words', 'fix the parser', 'fix the printer'],
  ['plain numbers', 'line 1234567', 'line 7654321'],
  ['numbers of tests', '3 passed', '4 passed'],
  ['sizes of files', 'root 8 Nov 23 20:14 a', 'root 9 Nov 23 20:14 a'],
])('%s do', (_, one, other) => {
  const { hash } = normaliser()
  expect(hash(JSON.stringify({ input: one }))).not.toBe(hash(JSON.stringify({ input: other })))
})

test('ids count by what belongs together, and by nothing else', () => {
  const { hash } = normaliser()
  const body = (a: string, b: string, c: string): string =>
    JSON.stringify({
      prompt_cache_key: a,
      client_metadata: { session: a },
      metadata: { user_id: b },
      messages: [{ tool_calls: [{ id: a }, { id: b }] }, { role: 'tool', tool_call_id: c, content: 'x' }],
    })
  expect(hash(body('call_1', 'call_2', 'call_1'))).toBe(hash(body('call_8', 'call_9', 'call_8')))
  expect(hash(body('call_1', 'call_2', 'call_1'))).not.toBe(hash(body('call_1', 'call_2', 'call_2')))
  const said = (id: string): string => JSON.stringify({ contents: [{ functionCall: { args: { id } } }] })
  expect(hash(said('5'))).not.toBe(hash(said('6')))
})

test('differences are short and name the place', () => {
  expect(
    differences({ a: [1, { b: 'x'.repeat(200) }] }, { a: [1, { b: `${'x'.repeat(150)}y` }], c: 1 }),
  ).toEqual([
    `a[1].b: recorded "…${'x'.repeat(72)}…", now "…${'x'.repeat(24)}y"`.replace(
      `${'x'.repeat(72)}…`,
      `${'x'.repeat(72)}…`,
    ),
    'c: recorded nothing, now 1',
  ])
  expect(differences([1], [1, 2])).toEqual(['the request has 2 entries, recorded 1: 2'])
  expect(differences({ a: 1 }, { a: 1 })).toEqual([])
})

test('a path that a model wrote in pieces is kept whole, and the sum of the pieces stays', () => {
  const deltas = ['{"path":"/tmp', '/a/wo', 'rk-1', 'f/src/a.js","x":"/tmp/a/work', '-1f', '"}']
  const events = deltas.map(delta => ({
    type: 'response.function_call_arguments.delta',
    item_id: 'fc_1',
    delta,
  }))
  const other = { type: 'response.function_call_arguments.delta', item_id: 'fc_2', delta: '/tmp' }
  const stream = [events[0], other, ...events.slice(1)]
    .map(event => `event: x\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
  const mended = keepPathsWhole(stream, Object.keys(here))
  const hidden = hidePaths(mended, here)
  const texts = [...hidden.matchAll(/"fc_1","delta":("(?:[^"\\]|\\.)*")/g)].map(
    match => JSON.parse(match[1] ?? '') as string,
  )
  expect(texts.join('')).toBe('{"path":"{{agent-eval:WORKSPACE}}/src/a.js","x":"{{agent-eval:WORKSPACE}}"}')
  expect(texts).toHaveLength(deltas.length)
  expect(keepPathsWhole(stream, ['/not/there'])).toBe(stream)
})

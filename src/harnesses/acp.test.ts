import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { HarnessInput } from '../contracts.ts'
import { Attempt, TranscriptEvent } from '../model/trial.ts'
import { writeTree } from '../util/file-tree.ts'
import { acp } from './acp.ts'
import { usageOf } from './acp-updates.ts'
import { filesOf, openBench, type Bench } from './testing/input.ts'

/** A small agent of its own: what it does at a prompt is the body of a function that gets these words. */
const agent = (atPrompt: string): string => `
import { appendFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
const send = message => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
const update = body => send({ method: 'session/update', params: { sessionId: 's1', update: body } })
const waiting = new Map()
let asked = 100
const ask = (method, params) => new Promise(answer => { waiting.set(++asked, answer); send({ id: asked, method, params }) })
for await (const line of createInterface({ input: process.stdin })) {
  appendFileSync('seen.jsonl', line + '\\n')
  const { id, method, params, result, error } = JSON.parse(line)
  const reply = result => send({ id, result })
  if (method === undefined) waiting.get(id)?.(result ?? error)
  if (method === 'initialize') reply({ protocolVersion: 1, agentInfo: { name: 'small', version: '7.8.9' } })
  if (method === 'session/new') reply({ sessionId: 's1' })
  if (method === 'session/set_mode') reply({})
  if (method === 'session/prompt') void (async () => { ${atPrompt} })()
}
`

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.clean())

async function run(atPrompt: string, config: object = {}, change: Partial<HarnessInput> = {}) {
  await writeTree(bench.root, filesOf({ 'agent.mjs': agent(atPrompt) }))
  const command = { run: [process.execPath, join(bench.root, 'agent.mjs')], ...config }
  const result = await acp.run(bench.input(change), acp.config.parse(command))
  Attempt.parse(result.attempt)
  for (const event of result.transcript) TranscriptEvent.parse(event)
  return result
}

const Seen = z.looseObject({
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
})
const seen = async (): Promise<z.infer<typeof Seen>[]> =>
  (await readFile(join(bench.root, 'workspace', 'seen.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map(line => Seen.parse(JSON.parse(line)))

const permission = `
  const answer = await ask('session/request_permission', { sessionId: 's1',
    toolCall: { toolCallId: 't1', kind: 'edit', title: 'write it' },
    options: [{ optionId: 'n', kind: 'reject_once' }, { optionId: 'o', kind: 'allow_once' }, { optionId: 'a', kind: 'allow_always' }] })
  writeFileSync('answer.json', JSON.stringify(answer))
`
const end = `update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'Done.' } }); reply({ stopReason: 'end_turn' })`

describe('a conversation', () => {
  it('begins a session in the workspace, gives the prompt, and reads what is done into a transcript', async () => {
    const { attempt, transcript } = await run(`
      update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'Let me ' } })
      update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'see.' } })
      update({ sessionUpdate: 'tool_call', toolCallId: 't1', title: 'write', kind: 'edit', status: 'pending', rawInput: {} })
      update({ sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'in_progress', rawInput: { path: 'a.txt' } })
      update({ sessionUpdate: 'tool_call_update', toolCallId: 't1', status: 'completed',
        content: [{ type: 'content', content: { type: 'text', text: 'Wrote it.' } }] })
      for (const text of ['Do', 'ne.']) update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
      update({ sessionUpdate: 'usage_update', used: 10, size: 100, cost: { amount: 0.02, currency: 'USD' } })
      reply({ stopReason: 'end_turn', usage: { inputTokens: 468, outputTokens: 112, cachedReadTokens: 2000, totalTokens: 2580 } })
    `)
    expect(attempt).toMatchObject({
      stop: 'finished',
      message: null,
      agentVersion: '7.8.9',
      toolCalls: 1,
      costUsd: 0.02,
      usage: { inputTokens: 468, cacheReadTokens: 2000, outputTokens: 112 },
    })
    expect(transcript.map(event => ({ ...event, atMs: 0 }))).toEqual([
      { type: 'message', role: 'user', text: 'Fix it.', atMs: 0 },
      { type: 'reasoning', text: 'Let me see.', atMs: 0 },
      { type: 'tool_call', id: 't1', tool: 'write', input: { path: 'a.txt' }, atMs: 0 },
      { type: 'tool_result', id: 't1', output: 'Wrote it.', isError: false, atMs: 0 },
      { type: 'message', role: 'assistant', text: 'Done.', atMs: 0 },
    ])
    const calls = await seen()
    expect(calls.map(({ method }) => method)).toEqual(['initialize', 'session/new', 'session/prompt'])
    expect(calls[1]?.params?.['cwd']).toBe(join(bench.root, 'workspace'))
    expect(calls[2]?.params?.['prompt']).toEqual([{ type: 'text', text: 'Fix it.' }])
  })

  it.each([
    ['allow', { outcome: 'selected', optionId: 'o' }, null],
    ['reject', { outcome: 'selected', optionId: 'n' }, 'permission was refused 1 time(s), as the suite says'],
    [
      { edit: 'reject' },
      { outcome: 'selected', optionId: 'n' },
      'permission was refused 1 time(s), as the suite says',
    ],
    [{ execute: 'reject' }, { outcome: 'selected', optionId: 'o' }, null],
  ])('answers requests for permission by the policy %j', async (permissions, outcome, message) => {
    const { attempt } = await run(`${permission} ${end}`, { permissions })
    const answer = await readFile(join(bench.root, 'workspace', 'answer.json'), 'utf8')
    expect(JSON.parse(answer)).toEqual({ outcome })
    expect(attempt).toMatchObject({ stop: 'finished', message })
  })

  it('sets a mode, offers MCP servers, and has no files or terminals for the agent', async () => {
    await run(
      `writeFileSync('answer.json', JSON.stringify(await ask('fs/read_text_file', { path: '/etc/passwd' }))); ${end}`,
      { mode: 'full' },
      {
        mcp: {
          docs: { command: ['docs', '--stdio'], env: { A: 'b' } },
          web: { url: 'http://127.0.0.1:1/mcp' },
        },
      },
    )
    const calls = await seen()
    expect(calls.find(({ method }) => method === 'session/set_mode')?.params).toEqual({
      sessionId: 's1',
      modeId: 'full',
    })
    expect(calls[1]?.params?.['mcpServers']).toEqual([
      { name: 'docs', command: 'docs', args: ['--stdio'], env: [{ name: 'A', value: 'b' }] },
      { type: 'http', name: 'web', url: 'http://127.0.0.1:1/mcp', headers: [] },
    ])
    const answer = await readFile(join(bench.root, 'workspace', 'answer.json'), 'utf8')
    expect(JSON.parse(answer)).toMatchObject({ code: -32601 })
  })

  it('tells the agent of its model and service, in arguments, variables and files of its HOME', async () => {
    const service = { api: 'openai-chat', url: 'http://127.0.0.1:1/t/v1', key: 'dummy' } as const
    await run(
      `writeFileSync('told.json', JSON.stringify([process.argv[2], process.env.MINE, process.env.OPENAI_BASE_URL])); ${end}`,
      {
        run: [process.execPath, join(bench.root, 'agent.mjs'), '--model={model}'],
        env: { MINE: '{modelKey}' },
        home: { '.small/config.json': './config.json' },
      },
      { service, files: filesOf({ 'config.json': '{"url":"{modelUrl}"}' }) },
    )
    const read = (path: string) => readFile(join(bench.root, path), 'utf8')
    expect(JSON.parse(await read('workspace/told.json'))).toEqual(['--model=m1', 'dummy', service.url])
    expect(await read('home/.small/config.json')).toBe('{"url":"http://127.0.0.1:1/t/v1"}')
    await expect(run(end, { env: { MINE: '{modelUrl}' } })).rejects.toThrow('which it does not name: add it')
  })

  it('ends an agent that stays after its answer, and calls that finished', async () => {
    const { attempt } = await run(`setInterval(() => {}, 1000); process.on('SIGTERM', () => {}); ${end}`)
    expect(attempt).toMatchObject({ stop: 'finished', message: null, exitCode: null })
  }, 20_000)
})

describe('what goes wrong', () => {
  it('is told by how the turn ended', async () => {
    expect((await run(`reply({ stopReason: 'max_turn_requests' })`)).attempt.stop).toBe('limit')
    expect((await run(`reply({ stopReason: 'cancelled' })`)).attempt.stop).toBe('crash')
  })

  it.each([
    [`send({ id, error: { code: -32000, message: 'Authentication required' } })`, 'refused'],
    [
      `send({ id, error: { code: -32603, message: 'Internal', data: { text: '429 too many requests' } } })`,
      'model-error',
    ],
    [`send({ id, error: { code: -32602, message: 'Invalid params' } })`, 'crash'],
    [`process.exit(7)`, 'crash'],
  ])('%s', async (atPrompt, stop) => {
    const begun = `update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'Hm.' } });`
    expect((await run(begun + atPrompt)).attempt.stop).toBe(stop)
  })

  it('is an answer that is not as the protocol says, an agent that never answers, or none at all', async () => {
    expect((await run(`reply({ done: true })`)).attempt).toMatchObject({
      stop: 'crash',
      message: expect.stringContaining('its answer to session/prompt is not as the protocol says'),
    })
    const limits = { timeoutMs: 700, maxCostUsd: null, maxTurns: null }
    expect((await run('', {}, { limits })).attempt.stop).toBe('timeout')
    await expect(run('', { run: ['no-such-agent'] })).rejects.toThrow('no-such-agent was not found')
    await expect(run('', { run: ['/bin/sh', '-c', 'echo no config >&2; exit 3'] })).rejects.toThrow(
      'no config',
    )
  })
})

it.each([
  [
    'with the cache apart',
    { inputTokens: 468, outputTokens: 112, cachedReadTokens: 2000, totalTokens: 2580 },
    468,
    112,
  ],
  [
    'with the cache within',
    { inputTokens: 2468, outputTokens: 112, cachedReadTokens: 2000, thoughtTokens: 14, totalTokens: 2580 },
    468,
    112,
  ],
  [
    'with cache and thoughts apart',
    { inputTokens: 234, outputTokens: 49, cachedReadTokens: 1000, thoughtTokens: 7, totalTokens: 1290 },
    234,
    56,
  ],
  ['without a total', { inputTokens: 1234, outputTokens: 56, cachedReadTokens: 1000 }, 234, 56],
])('usage %s', (_how, usage, inputTokens, outputTokens) => {
  expect(usageOf(usage)).toMatchObject({ inputTokens, outputTokens, cacheReadTokens: usage.cachedReadTokens })
})

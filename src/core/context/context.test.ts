import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { aSetup, text } from './testing/setups.ts'
import { contextProbes } from './probes.ts'
import { watchContext } from './sight.ts'
import type { ContextSight } from '../../model/model-call.ts'

const guide = [
  '# Rules of this house',
  '',
  '- Always run the linter before you commit anything.',
  '- Never touch the "generated" folder by hand, not even once.',
  '- Dates are parsed with the strict parser, never with Date.parse.',
].join('\n')
const skill = [
  '---',
  'name: dates',
  'description: "How to parse and print dates in this repository without losing minutes"',
  '---',
  'Call parseOffset first, and only then shiftByOffset with its result.',
  'Run the slow suite for every change below src/offset.',
].join('\n')

const guided = aSetup('guided', { context: { 'AGENTS.md': guide }, skills: { dates: skill } })
const bare = aSetup('bare')

function sightsOf(setup: typeof bare, bodies: unknown[], known: string[] = []): ContextSight[] {
  const watch = watchContext(contextProbes(setup, [bare, guided], known))
  bodies.forEach((body, i) => watch.see(i + 1, body))
  return watch.sights()
}

const states = (sights: readonly ContextSight[]): string[] =>
  sights.map(
    ({ name, expected, state, call }) => `${name} ${expected ? 'expected' : 'foreign'}: ${state} ${call}`,
  )

test.each([
  ['Responses', { input: [{ role: 'user', content: [{ type: 'input_text', text: guide }] }] }],
  ['Chat', { messages: [{ role: 'system', content: `You are good.\n\n${guide}\n\nBye` }] }],
  [
    'Anthropic',
    {
      system: [{ type: 'text', text: 'x' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: guide }] }],
    },
  ],
  ['Gemini', { systemInstruction: { parts: [{ text: guide }] }, contents: [] }],
])('a context file is seen in a %s request', (_, body) => {
  expect(states(sightsOf(guided, [{ input: 'hello there' }, body]))).toContain(
    'AGENTS.md expected: arrived 2',
  )
})

test.each([
  ['indented', guide.replaceAll('\n', '\n      ')],
  [
    'with line numbers',
    guide
      .split('\n')
      .map((line, i) => `${String(i + 1).padStart(6)}→${line}`)
      .join('\n'),
  ],
  [
    'quoted as Markdown',
    guide
      .split('\n')
      .map(line => `> ${line}`)
      .join('\n'),
  ],
  ['as JSON within JSON', JSON.stringify({ output: guide })],
  ['as JSON within JSON within JSON', JSON.stringify(JSON.stringify({ output: guide }))],
  ['wrapped at 30 columns', guide.replaceAll(/(.{20,30}) /g, '$1\n')],
  ['with Windows line ends', guide.replaceAll('\n', '\r\n')],
])('a context file is seen %s', (_, shown) => {
  expect(states(sightsOf(guided, [{ messages: [{ role: 'tool', content: shown }] }]))[0]).toBe(
    'AGENTS.md expected: arrived 1',
  )
})

test('a file that was cut off has arrived in part, and in full when the rest comes', () => {
  const half = guide.slice(0, guide.indexOf('- Dates'))
  expect(states(sightsOf(guided, [{ input: half }]))[0]).toBe('AGENTS.md expected: partly 1')
  expect(states(sightsOf(guided, [{ input: half }, { input: guide }]))[0]).toBe(
    'AGENTS.md expected: arrived 2',
  )
})

test('of a skill its place in a list and its body are told apart', () => {
  const list = { input: '- dates: How to parse and print dates in this repository without losing minu...' }
  const path = {
    tools: [{ name: 'Skill', description: '<location>/w/.agents/skills/dates/SKILL.md</location>' }],
  }
  expect(states(sightsOf(guided, [list]))[1]).toBe('dates expected: listed 1')
  expect(states(sightsOf(guided, [path]))[1]).toBe('dates expected: listed 1')
  expect(states(sightsOf(guided, [list, { input: skill }]))[1]).toBe('dates expected: arrived 2')
  expect(states(sightsOf(guided, [{ input: 'nothing of it, only dates' }]))[1]).toBe(
    'dates expected: missing null',
  )
})

test('what only another setup has is looked for, too', () => {
  expect(states(sightsOf(bare, [{ input: guide }]))).toEqual([
    'AGENTS.md foreign: arrived 1',
    'dates foreign: missing null',
  ])
  expect(sightsOf(bare, [])[0]?.from).toBe('guided')
})

test('lines that the repository or the prompt have prove nothing', () => {
  const own = guide.split('\n').slice(0, 4).join('\n')
  expect(states(sightsOf(bare, [{ input: own }], [own]))[0]).toBe('AGENTS.md foreign: missing null')
  expect(states(sightsOf(guided, [{ input: own }], [own]))[0]).toBe('AGENTS.md expected: missing null')
  expect(states(sightsOf(guided, [{ input: guide }], [guide]))[0]).toBe('AGENTS.md expected: untellable null')
})

test('one line that two guides happen to share is no contamination', () => {
  const other = aSetup('other', {
    context: { 'AGENTS.md': `${guide}\n- Prefer the small and plain over the clever.` },
  })
  const watch = watchContext(contextProbes(guided, [guided, other], []))
  watch.see(1, { input: guide })
  expect(watch.sights().map(({ expected, state }) => [expected, state])).toEqual([
    [true, 'arrived'],
    [true, 'missing'],
    [false, 'missing'],
  ])
})

test('two files of one setup with the same text are both seen', () => {
  const both = aSetup('both', { context: { 'AGENTS.md': guide, 'CLAUDE.md': guide } })
  const watch = watchContext(contextProbes(both, [both], []))
  watch.see(1, { input: guide })
  expect(watch.sights().map(({ state }) => state)).toEqual(['arrived', 'arrived'])
})

test('what the model itself says proves nothing', () => {
  const bodies = [
    { messages: [{ role: 'assistant', content: guide }] },
    { contents: [{ role: 'model', parts: [{ text: guide }] }] },
    { input: [{ type: 'function_call', arguments: JSON.stringify({ content: guide }) }] },
  ]
  expect(states(sightsOf(bare, bodies))[0]).toBe('AGENTS.md foreign: missing null')
})

test('a nonce, a text in Japanese and a text of one short line can be told; one of one word cannot', () => {
  const context = {
    'a.md': 'MARKER-7f3a91c2',
    'b.md': '日付は必ず厳密に解析すること。',
    'c.md': 'Prefer tabs here.',
    'd.md': 'tabs',
  }
  const setup = aSetup('s', { context })
  const watch = watchContext(contextProbes(setup, [], []))
  watch.see(1, { input: Object.values(context).join('\n---\n') })
  expect(watch.sights().map(({ state }) => state)).toEqual(['arrived', 'arrived', 'arrived', 'untellable'])
})

test('a further request costs little, and a text is looked through once', () => {
  const words = Array.from(
    { length: 400 },
    (_, i) => `line ${i} of some long output that a tool gave back here`,
  ).join('\n')
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`docs/${i}.md`, `${text(`guide ${i} says so`, 40)}`]),
  )
  const watch = watchContext(contextProbes(aSetup('s', { context: many }), [guided], []))
  const bodies = Array.from({ length: 60 }, (_, i) => ({
    input: Array.from({ length: i + 1 }, (_, j) => ({ role: 'user', content: `${j}\n${words}` })),
  }))
  const start = performance.now()
  bodies.forEach((body, i) => watch.see(i + 1, body))
  const perCall = (performance.now() - start) / bodies.length
  if (process.env['SHOW_TIMES']) console.log(`${perCall.toFixed(3)} ms`)
  expect(watch.sights().every(({ state }) => state === 'missing')).toBe(true)
})

test('a skill that is listed by its name alone was offered; a name in an example was not', () => {
  const tool = (list: string): unknown => ({
    messages: [],
    tools: [
      { type: 'function', function: { name: 'bash', description: 'Available skills: dates.' } },
      { type: 'function', function: { name: 'skills', description: `Runs one. Example: "dates". ${list}` } },
    ],
  })
  const none = tool('Available skills: money.')
  expect(states(sightsOf(guided, [none, tool('Available skills: money, dates.')]))).toContain(
    'dates expected: listed 2',
  )
  expect(states(sightsOf(guided, [none]))).toContain('dates expected: missing null')
  expect(states(sightsOf(bare, [tool('Available skills: dates')]))).toContain('dates foreign: listed 1')
  // The repository has one of that name itself.
  const own = ['.agents/skills/dates/SKILL.md']
  expect(states(sightsOf(bare, [tool('Available skills: dates')], own))).toContain(
    'dates foreign: missing null',
  )
})

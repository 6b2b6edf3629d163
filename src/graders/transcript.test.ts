import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TranscriptEvent } from '../model/trial.ts'
import { type GradingPlace, gradingPlace, type Scene } from './testing/input.ts'
import { mistakes } from './testing/mistakes.ts'
import { transcript } from './transcript.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

const call = (tool: string, input: unknown): TranscriptEvent => ({
  type: 'tool_call',
  id: 'x',
  tool,
  input,
  atMs: null,
})
const says = (text: string): TranscriptEvent => ({ type: 'message', role: 'assistant', text, atMs: null })
const prompt: TranscriptEvent = {
  type: 'message',
  role: 'user',
  text: 'Fix the parser, then say done.',
  atMs: null,
}

const session = [
  prompt,
  { type: 'reasoning', text: 'secret thought', atMs: null } as const,
  call('Bash', { command: 'npm test -- --run' }),
  call('shell', { cmd: ['bash', '-lc', 'git log --all'] }),
  call('exec', { argv: ['ls', '-la'] }),
  call('Read', { file_path: '/w/.claude/skills/dates/SKILL.md' }),
  call('Skill', { skill: 'plugin:review' }),
  call('shell', { command: 'cat .agents/skills/style/SKILL.md | head' }),
  call('Write', { file_path: '/w/skills/unused/SKILL.md', content: 'x' }),
  call('mcp__search__query', { q: 'dayjs' }),
  { type: 'tool_result', id: 'x', output: 'forbidden words here', isError: false, atMs: null } as const,
  says('I changed the parser.'),
  says('All tests pass now.'),
]

async function grade(given: unknown, scene: Scene = { transcript: session }) {
  return transcript.grade(await place.input(scene), transcript.config.parse(given))
}

test.each([
  [{ tools: { used: ['bash', 'mcp__search__*'] } }, true],
  [{ tools: { used: ['WebFetch'] } }, false],
  [{ tools: { forbidden: ['WebFetch', 'bas'] } }, true],
  [{ tools: { forbidden: ['mcp__*'] } }, false],
  [{ commands: { used: ['^npm test', 'bash -lc git log', '^ls -la$'] } }, true],
  [{ commands: { used: ['dayjs'] } }, false],
  [{ commands: { forbidden: ['git log .*--all'] } }, false],
  [{ commands: { forbidden: [{ pattern: '^CURL', flags: 'i' }] } }, true],
  [{ skills: { used: ['dates', 'review', 'style'] } }, true],
  [{ skills: { used: ['unused'] } }, false],
  [{ skills: { used: ['ates'] } }, false],
  [{ skills: { forbidden: ['dates'] } }, false],
  [{ skills: { forbidden: ['unused', 'view'] } }, true],
  [{ says: { contains: ['changed the', 'tests pass'], matches: '^All tests' } }, true],
  [{ says: { contains: 'Fix the parser' } }, false],
  [{ says: { contains: 'secret thought' } }, false],
  [{ says: { matches: 'forbidden words' } }, false],
  [{ maxTurns: 4, maxToolCalls: 3, maxCostUsd: 0.25, maxTokens: 1700, maxDuration: '90s' }, true],
  [{ maxTurns: 3 }, false],
  [{ maxToolCalls: 2 }, false],
  [{ maxCostUsd: 0.2 }, false],
  [{ maxTokens: 1699 }, false],
  [{ maxDuration: '1m' }, false],
])('%j passes: %s', async (given, passes) => {
  expect(await grade(given)).toMatchObject({ pass: passes })
})

test('the explanation says what was so instead, and the score counts the rest', async () => {
  const result = await grade({
    tools: { used: ['Edit'], forbidden: ['Bash'] },
    commands: { forbidden: ['--all'] },
    says: { contains: 'sorry' },
    maxCostUsd: 0.1,
    maxDuration: '1m',
    maxTurns: 10,
  })
  expect(result.score).toBeCloseTo(1 / 7)
  expect(result.explanation).toBe(
    [
      '6 of 7 checks do not hold:',
      '- tool Edit is used: it is not',
      '- tool Bash is not used: used: Bash',
      '- command /--all/ is not used: used: bash -lc git log --all',
      '- the agent says "sorry": its last words: "All tests pass now."',
      '- at most $0.1: $0.25',
      '- at most 1m: 1m 30s',
    ].join('\n'),
  )
})

test.each([
  [
    { maxCostUsd: 1 },
    { costUsd: null },
    /maxCostUsd cannot be judged: the number is unknown, because the harness does not report it/,
  ],
  [{ maxTurns: 1 }, { turns: null }, /maxTurns cannot be judged/],
  [{ maxToolCalls: 1 }, { toolCalls: null }, /maxToolCalls cannot be judged/],
  [{ maxTokens: 1 }, { usage: null }, /maxTokens cannot be judged/],
  [
    { maxTokens: 1 },
    {
      usage: {
        inputTokens: 5,
        outputTokens: null,
        cacheReadTokens: null,
        cacheWriteTokens: null,
        reasoningTokens: null,
      },
    },
    /maxTokens cannot be judged/,
  ],
])('%j is not judged where the number is unknown', async (given, attempt, message) => {
  await expect(grade(given, { transcript: session, attempt })).rejects.toMatchObject({
    name: 'InfraError',
    message: expect.stringMatching(message),
  })
})

test('a harness that tells of no tool calls proves neither their use nor their absence', async () => {
  const silent: Scene = { transcript: [prompt, says('done')], attempt: { toolCalls: null } }
  for (const given of [
    { tools: { forbidden: ['Bash'] } },
    { commands: { used: ['x'] } },
    { skills: { used: ['x'] } },
  ]) {
    await expect(grade(given, silent)).rejects.toThrow('the tool calls of the agent are unknown')
  }
  expect(await grade({ says: { contains: 'done' } }, silent)).toMatchObject({ pass: true })
})

test('an agent that is known to have called no tool is judged', async () => {
  const idle: Scene = { transcript: [prompt, says('done')], attempt: { toolCalls: 0 } }
  expect(await grade({ tools: { forbidden: ['Bash'] } }, idle)).toMatchObject({ pass: true })
  expect(await grade({ tools: { used: ['Bash'] } }, idle)).toMatchObject({ pass: false })
})

test('a transcript of the prompt alone is unknown for an agent that finished, and nothing for one that crashed', async () => {
  const given = { says: { contains: 'done' } }
  await expect(grade(given, { transcript: [prompt] })).rejects.toThrow(
    'the messages of the agent are unknown',
  )
  const crashed: Scene = { transcript: [prompt], attempt: { stop: 'crash', toolCalls: null } }
  expect(await grade(given, crashed)).toMatchObject({
    pass: false,
    explanation: expect.stringContaining('it says nothing'),
  })
  expect(await grade({ tools: { used: ['Bash'] } }, crashed)).toMatchObject({ pass: false })
})

const none =
  ': expected at least one check: tools, commands, skills, says, maxTurns, maxToolCalls, maxCostUsd, maxTokens or maxDuration'
test.each([
  [{}, none],
  [{ tools: {} }, none],
  [
    { commands: { used: ['ok', '('] } },
    'commands > used > 1: not a JavaScript regular expression: /(/: Unterminated group',
  ],
  [
    { says: { matches: '[' } },
    'says > matches: not a JavaScript regular expression: /[/: Unterminated character class',
  ],
  [
    { maxDuration: 15 },
    'maxDuration: expected a duration with its unit, got the number 15: write 15s for seconds or 15m for minutes',
  ],
  [{ tool: { used: ['a'] } }, ': Unrecognized key: "tool"'],
  [{ tools: { use: ['a'] } }, 'tools: Unrecognized key: "use"'],
])('%j is refused at its place', (given, message) => {
  expect(mistakes(transcript.config, given)).toEqual([message])
})

import { z } from 'zod'
import type { GradeInput } from '../contracts.ts'
import { tokensOf } from '../core/measure.ts'
import { commandOf, toolCalls } from '../core/tool-calls.ts'
import { InfraError } from '../errors.ts'
import { defineGrader } from '../registry.ts'
import { duration, formatDuration } from '../util/duration.ts'
import { type Regex, regex, regexMatches, showRegex } from '../util/regex.ts'
import { shorten, visible } from '../util/visible.ts'
import { type Check, gradeChecks, listed } from './checks.ts'
import { bringsIn, isTool } from './tool-use.ts'

const names = z.array(z.string().min(1)).min(1)
const regexes = z.array(regex).min(1)
const atMost = z.number().nonnegative()
const texts = z.union([z.string().min(1), names], { error: 'expected a text or a list of texts' })

const config = z
  .strictObject({
    tools: z
      .strictObject({ used: names.optional(), forbidden: names.optional() })
      .optional()
      .describe('names of tools; case does not matter, * stands for anything'),
    commands: z
      .strictObject({ used: regexes.optional(), forbidden: regexes.optional() })
      .optional()
      .describe('regular expressions over the commands that the agent ran'),
    skills: z
      .strictObject({ used: names.optional(), forbidden: names.optional() })
      .optional()
      .describe('names of skills'),
    says: z
      .strictObject({ contains: texts.optional(), matches: regex.optional() })
      .optional()
      .describe('what a message of the agent must say'),
    maxTurns: atMost.int().optional().describe('most model calls'),
    maxToolCalls: atMost.int().optional(),
    maxCostUsd: atMost.optional(),
    maxTokens: atMost.int().optional().describe('most tokens, input (cached or not) and output together'),
    maxDuration: duration.optional().describe('longest time of the agent'),
  })
  .refine(given => Object.values(given).some(isCheck), {
    error:
      'expected at least one check: tools, commands, skills, says, maxTurns, maxToolCalls, maxCostUsd, maxTokens or maxDuration',
    when: ({ issues }) => issues.length === 0,
  })
type Config = z.infer<typeof config>

function isCheck(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).some(inner => inner !== undefined)
    : value !== undefined
}

/** Looks at what the agent did, not at what came of it. Score = share of the checks that hold. */
export const transcript = defineGrader({
  config,
  description: 'checks tools, commands, skills, words, turns, cost, tokens and time of the agent',
  provable: false,
  async grade(input, given) {
    return gradeChecks([
      ...useChecks(input, given),
      ...speechChecks(input, given),
      ...limitChecks(input, given),
    ])
  },
})

function useChecks(input: GradeInput, { tools, commands, skills }: Config): Check[] {
  if (!isCheck(tools ?? {}) && !isCheck(commands ?? {}) && !isCheck(skills ?? {})) return []
  const calls = toolCalls(input.transcript)
  // No calls in the transcript is only an answer if the harness would have told of them.
  if (calls.length === 0 && input.attempt.toolCalls === null) requireCompleteness(input, 'tool calls')
  const ran = calls.map(commandOf).filter(command => command !== null)

  return [
    ...pair('tool', tools, String, name => calls.filter(call => isTool(call, name)).map(call => call.tool)),
    ...pair('command', commands, showRegex, (wanted: Regex) =>
      ran.filter(command => regexMatches(wanted, command)),
    ),
    ...pair('skill', skills, String, name => calls.filter(call => bringsIn(call, name)).map(() => name)),
  ]
}

function pair<Wanted>(
  noun: string,
  { used = [], forbidden = [] }: { used?: Wanted[] | undefined; forbidden?: Wanted[] | undefined } = {},
  show: (wanted: Wanted) => string,
  find: (wanted: Wanted) => string[],
): Check[] {
  return [
    ...used.map(wanted => {
      const claim = `${noun} ${show(wanted)} is used`
      return find(wanted).length > 0 ? { claim, holds: true } : { claim, holds: false, found: 'it is not' }
    }),
    ...forbidden.map(wanted => {
      const claim = `${noun} ${show(wanted)} is not used`
      const found = [...new Set(find(wanted))].map(text => shorten(text, 120))
      return found.length === 0
        ? { claim, holds: true }
        : { claim, holds: false, found: `used: ${listed(found, 3)}` }
    }),
  ]
}

function speechChecks(input: GradeInput, { says }: Config): Check[] {
  if (!isCheck(says ?? {})) return []
  const said = input.transcript.flatMap(event =>
    event.type === 'message' && event.role === 'assistant' ? [event.text] : [],
  )
  // The prompt alone is not the agent's doing: a harness that reports nothing else reports no words either.
  const isTold = input.transcript.some(event => event.type !== 'message' || event.role === 'assistant')
  if (!isTold) requireCompleteness(input, 'messages')
  const check = (claim: string, holds: boolean): Check => ({
    claim,
    holds,
    ...(!holds && { found: lastWords(said) }),
  })
  return [
    ...[says?.contains ?? []].flat().map(text =>
      check(
        `the agent says ${JSON.stringify(text)}`,
        said.some(message => message.includes(text)),
      ),
    ),
    ...[says?.matches ?? []].flat().map(wanted =>
      check(
        `the agent says ${showRegex(wanted)}`,
        said.some(message => regexMatches(wanted, message)),
      ),
    ),
  ]
}

function lastWords(said: readonly string[]): string {
  const last = said.at(-1)
  return last === undefined
    ? 'it says nothing'
    : `its last words: ${JSON.stringify(shorten(visible(last), 200))}`
}

/** A harness that tells nothing looks like an agent that did nothing. An agent that did not finish may have come to nothing. */
function requireCompleteness({ attempt }: GradeInput, what: string): void {
  if (attempt.stop !== 'finished') return
  throw new InfraError(
    `the ${what} of the agent are unknown: the harness does not report them. Use a harness that does, or take this check away.`,
  )
}

function limitChecks({ attempt }: GradeInput, given: Config): Check[] {
  const limits: [
    key: string,
    limit: number | undefined,
    value: number | null,
    show: (value: number) => string,
  ][] = [
    ['maxTurns', given.maxTurns, attempt.turns, value => `${value} turns`],
    ['maxToolCalls', given.maxToolCalls, attempt.toolCalls, value => `${value} tool calls`],
    ['maxCostUsd', given.maxCostUsd, attempt.costUsd, value => `$${Number(value.toFixed(4))}`],
    ['maxTokens', given.maxTokens, tokensOf(attempt.usage), value => `${value} tokens`],
    ['maxDuration', given.maxDuration, attempt.durationMs, formatDuration],
  ]
  return limits.flatMap(([key, limit, value, show]): Check[] => {
    if (limit === undefined) return []
    if (value === null) {
      throw new InfraError(
        `${key} cannot be judged: the number is unknown, because the harness does not report it. Use a harness that does, or take ${key} away.`,
      )
    }
    const claim = `at most ${show(limit)}`
    return [value <= limit ? { claim, holds: true } : { claim, holds: false, found: show(value) }]
  })
}

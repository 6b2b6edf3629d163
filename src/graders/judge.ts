import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { GradeInput } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { defineGrader } from '../registry.ts'
import { duration } from '../util/duration.ts'
import { redactor } from '../util/redact.ts'
import { shorten, visible } from '../util/visible.ts'
import { insidePath } from './inside.ts'
import { type JudgeAnswer, readJudgeAnswer } from './judge-answer.ts'
import { askJudge } from './judge-client.ts'
import { gatherEvidence } from './judge-evidence.ts'
import { type Evidence, judgePrompt } from './judge-prompt.ts'
import { type JudgeModel, judgeApis, type JudgeReply } from './judge-protocols.ts'
import { suiteText } from './suite-files.ts'

const defaults = {
  openai: { baseUrl: 'https://api.openai.com/v1', apiKeyEnv: 'OPENAI_API_KEY' },
  anthropic: { baseUrl: 'https://api.anthropic.com', apiKeyEnv: 'ANTHROPIC_API_KEY' },
}

const config = z.strictObject({
  rubric: z.union([z.string().trim().min(1), z.strictObject({ file: z.string().min(1) })], {
    error: 'expected the rubric as text, or { file: ./rubric.md }',
  }),
  model: z.string().min(1),
  api: z.enum(judgeApis).describe('openai: every service with chat completions'),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'expected a URL with http or https' })
    .refine(url => !/^https?:\/\/[^/]*@/.test(url), {
      error: 'a URL must not hold a password: use apiKeyEnv',
    })
    .optional(),
  apiKeyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, never the key itself')
    .nullable()
    .optional()
    .describe('variable that holds the key; null: the service needs none'),
  threshold: z.number().min(0).max(1).default(0.7).describe('least score for a pass'),
  votes: z
    .int()
    .min(1)
    .max(15)
    .refine(votes => votes % 2 === 1, { error: 'expected an odd number, so that there is a majority' })
    .default(1),
  include: z
    .array(
      z.union([z.enum(['patch', 'transcript']), z.strictObject({ files: z.array(insidePath).min(1) })], {
        error: 'expected patch, transcript or { files: [paths or globs] }',
      }),
    )
    .min(1)
    .default(['patch']),
  maxTokens: z.int().min(100).default(4096).describe('longest answer'),
  timeout: duration.prefault('2m').describe('for one call'),
})
type Config = z.infer<typeof config>

/** Lets a model judge by a rubric. Passes if most votes say pass and the median score reaches the threshold. */
export const judge = defineGrader({
  config,
  description: 'lets a model judge the patch, the transcript or files by a rubric',
  provable: false,
  files: ({ rubric }: Config) => (typeof rubric === 'string' ? [] : [rubric.file]),
  secrets: (given: Config) => [keyNameOf(given)].filter(name => name !== null),
  async grade(input, given) {
    const redact = redactor(input.secrets)
    const rubric = typeof given.rubric === 'string' ? given.rubric : suiteText(input.files, given.rubric.file)
    const evidence = (await gatherEvidence(input, given.include)).map(part => ({
      ...part,
      text: redact.text(part.text),
    }))
    const model = modelOf(input, given)
    const votes: Vote[] = []
    for (let vote = 1; vote <= given.votes; vote++) {
      votes.push(
        await castVote(input, { model, rubric, evidence, name: `vote-${vote}`, redact: redact.text }),
      )
    }
    return tally(votes, given)
  },
})

function keyNameOf({ api, apiKeyEnv }: Config): string | null {
  return apiKeyEnv === undefined ? defaults[api].apiKeyEnv : apiKeyEnv
}

function modelOf({ secrets }: GradeInput, given: Config): JudgeModel {
  const keyName = keyNameOf(given)
  const key = keyName === null ? null : (secrets[keyName]?.trim() ?? '')
  if (key === '') {
    throw new InfraError(
      `the judge has no key: set ${keyName}, or name another variable by apiKeyEnv (null if the service needs no key)`,
    )
  }
  return {
    api: given.api,
    baseUrl: given.baseUrl ?? defaults[given.api].baseUrl,
    model: given.model,
    key,
    keyName,
    maxTokens: given.maxTokens,
    timeoutMs: given.timeout,
  }
}

interface Ballot {
  model: JudgeModel
  rubric: string
  evidence: Evidence[]
  /** Of its logs. */
  name: string
  redact: (text: string) => string
}

interface Vote {
  answer: JudgeAnswer
  replies: JudgeReply[]
}

/** An answer that cannot be used is asked for once more. The question and all answers are kept as logs. */
async function castVote(input: GradeInput, { model, rubric, evidence, name, redact }: Ballot): Promise<Vote> {
  const prompt = judgePrompt(rubric, redact(input.task.prompt), evidence)
  await writeFile(join(input.logs, `${name}-prompt.txt`), `${prompt.system}\n\n${prompt.user}\n`)
  const replies: JudgeReply[] = []
  let problem = ''
  for (const reminder of ['', '\n\nYour last answer could not be read. Answer with the JSON object alone.']) {
    const reply = await askJudge(model, { ...prompt, user: prompt.user + reminder }, input.signal)
    replies.push(reply)
    const text = redact(reply.text)
    await writeFile(join(input.logs, `${name}-answer-${replies.length}.txt`), text)
    const answer = readJudgeAnswer(text)
    if (typeof answer !== 'string') return { answer, replies }
    const cure = reply.cutOff ? ` (it was cut off: raise maxTokens, which is ${model.maxTokens})` : ''
    problem = `${answer}${cure}: ${visible(shorten(text.trim(), 300)) || 'it is empty'}`
  }
  throw new InfraError(`the judge ${model.model} gave no usable answer twice; the last one: ${problem}`)
}

function tally(votes: readonly Vote[], { model, threshold }: Config) {
  const answers = votes.map(vote => vote.answer)
  const score =
    answers.map(answer => answer.score).toSorted((a, b) => a - b)[Math.floor(answers.length / 2)] ?? 0
  const passes = answers.filter(answer => answer.verdict === 'pass').length
  const verdict = passes * 2 > answers.length ? 'pass' : 'fail'
  const agreeing = Math.max(passes, answers.length - passes)
  const replies = votes.flatMap(vote => vote.replies)
  // The words of one vote that stands for the result.
  const spokesman = answers.find(answer => answer.verdict === verdict)
  const reasons = (spokesman?.reasons ?? []).slice(0, 5).map(reason => visible(shorten(reason, 500)))
  const agreement = answers.length === 1 ? '' : `, ${agreeing} of ${answers.length} votes agree`
  return {
    score,
    pass: verdict === 'pass' && score >= threshold,
    explanation: `${model} says ${verdict} with a score of ${score} (at least ${threshold} is needed)${agreement}: ${reasons.join(' ') || 'no reason given'}`,
    details: {
      votes: answers,
      agreement: agreeing / answers.length,
      observedModels: [...new Set(replies.map(reply => reply.model))],
      calls: replies.length,
      inputTokens: total(replies.map(reply => reply.inputTokens)),
      outputTokens: total(replies.map(reply => reply.outputTokens)),
    },
  }
}

/** Null if one of them is unknown. */
function total(numbers: readonly (number | null)[]): number | null {
  return numbers.reduce((sum, number) => (sum === null || number === null ? null : sum + number), 0)
}

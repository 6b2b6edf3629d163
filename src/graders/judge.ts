import { z } from 'zod'
import type { GradeInput } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { defineGrader } from '../registry.ts'
import { duration } from '../util/duration.ts'
import { sha256 } from '../util/json.ts'
import { redactor } from '../util/redact.ts'
import { insidePath } from './inside.ts'
import { canaryProblem, type CanaryResult, tryCanary } from './judge-canary.ts'
import { gatherEvidence } from './judge-evidence.ts'
import { type JudgeModel, judgeApis } from './judge-protocols.ts'
import { castVote, tally, type Vote } from './judge-vote.ts'
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
    const canary = await canaryOf(input, model, redact.text)
    const votes: Vote[] = []
    for (let vote = 1; vote <= given.votes; vote++) {
      const ballot = { rubric, task: input.task.prompt, evidence, name: `vote-${vote}` }
      votes.push(await castVote(input, model, ballot, redact.text))
    }
    return tally(votes, canary, given)
  },
})

/**
 * Whether this model can tell right from wrong at all: found out once per run, by whichever trial comes first, whose use of
 * tokens it counts as. Throws InfraError if it cannot.
 */
async function canaryOf(
  input: GradeInput,
  model: JudgeModel,
  redact: (text: string) => string,
): Promise<{ result: CanaryResult; paidHere: boolean }> {
  let paidHere = false
  const { api, baseUrl, model: name, keyName, maxTokens } = model
  const key = sha256(JSON.stringify([api, baseUrl, name, keyName, maxTokens]))
  const result = await input.oncePerRun(`canary-${key}`, () => {
    paidHere = true
    return tryCanary(input, model, redact)
  })
  const problem = canaryProblem(result)
  if (problem !== null)
    throw new InfraError(
      `the judge ${name} is void for this run, as it misjudged a sample of ours: ${problem}`,
    )
  return { result, paidHere }
}

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

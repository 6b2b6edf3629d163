import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GradeInput, GraderResult } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { shorten, visible } from '../util/visible.ts'
import { type JudgeAnswer, readJudgeAnswer } from './judge-answer.ts'
import type { CanaryResult } from './judge-canary.ts'
import { askJudge } from './judge-client.ts'
import { type Evidence, judgePrompt } from './judge-prompt.ts'
import type { JudgeModel, JudgeReply } from './judge-protocols.ts'

/** A question to a judge. */
export interface Ballot {
  rubric: string
  task: string
  evidence: Evidence[]
  /** Of its logs. */
  name: string
}

export interface Vote {
  answer: JudgeAnswer
  replies: JudgeReply[]
}

/** An answer that cannot be used is asked for once more. The question and all answers are kept as logs. */
export async function castVote(
  input: Pick<GradeInput, 'logs' | 'signal'>,
  model: JudgeModel,
  { rubric, task, evidence, name }: Ballot,
  redact: (text: string) => string,
): Promise<Vote> {
  const prompt = judgePrompt(rubric, redact(task), evidence)
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

/** The grade that votes come to. `paidHere`: the canary was asked for this grade, so its use of tokens counts here. */
export function tally(
  votes: readonly Vote[],
  canary: { result: CanaryResult; paidHere: boolean },
  { model, threshold }: { model: string; threshold: number },
): GraderResult {
  const answers = votes.map(vote => vote.answer)
  const score =
    answers.map(answer => answer.score).toSorted((a, b) => a - b)[Math.floor(answers.length / 2)] ?? 0
  const passes = answers.filter(answer => answer.verdict === 'pass').length
  const verdict = passes * 2 > answers.length ? 'pass' : 'fail'
  const agreeing = Math.max(passes, answers.length - passes)
  const paid = canary.paidHere ? canary.result.replies : []
  const replies = [...paid, ...votes.flatMap(vote => vote.replies)]
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
      canary: { good: canary.result.good, bad: canary.result.bad },
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

import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HarnessResult } from '../contracts.ts'
import { isOutside } from '../errors.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { Attempt } from '../model/trial.ts'
import { toContent } from '../util/file-tree.ts'
import { throwAway } from '../util/trash.ts'
import { letWork, nothingSeen } from './let-work.ts'
import { checkBudget } from './model.ts'
import type { TrialParts } from './parts.ts'
import { placementOf } from './placement.ts'

/** Whether an agent can work at all, as its setup describes it: not how well. */
export interface Canary {
  setup: string
  ok: boolean
  /** What was seen, or why it does not work. */
  message: string
  attempt: Attempt | null
}

export const questionFile = 'canary-question.txt'
export const answerFile = 'canary-answer.txt'
/** What the question file holds. In JSON it may follow upon `\n`, so nothing is said of what stands before it. */
export const canaryWord = /canary-[0-9a-f]{16}/

const prompt = `This checks your tools. Read the file ${questionFile} in your working directory, and write the one word in it, exactly as it is, into a new file ${answerFile} beside it. Do nothing else.`

/** Generous for slow starters; small where an agent would go astray. */
const limits: Task['limits'] = { timeoutMs: 180_000, maxCostUsd: null, maxTurns: 12 }

/**
 * Lets a setup's agent do one small thing in a workspace: a word that nobody can guess must come back through its tools. It
 * costs a few model calls. `source` is any repository of the suite. Throws only when interrupted, and for a bug.
 */
export async function runCanary(setup: Setup, source: string, parts: TrialParts): Promise<Canary> {
  const word = `canary-${randomBytes(8).toString('hex')}`
  const folder = parts.makeFolder('canary')
  const tell = (ok: boolean, message: string, seen: Attempt | null = null): Canary => ({
    setup: setup.name,
    ok,
    message,
    attempt: seen,
  })
  try {
    const { result, patch } = await ask(setup, source, word, folder, parts)
    const wrong = complaint(result, patch.includes(`b/${answerFile}`) && patch.includes(`+${word}`))
    return tell(wrong === null, wrong ?? praise(result), result.attempt)
  } catch (error) {
    parts.signal.throwIfAborted()
    if (!isOutside(error)) throw error
    return tell(false, error.message)
  } finally {
    throwAway(folder)
  }
}

async function ask(
  setup: Setup,
  source: string,
  word: string,
  folder: string,
  parts: TrialParts,
): Promise<{ result: HarnessResult; patch: string }> {
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const prepared = await parts.prepared(source)
  const { files, strip } = placementOf(setup, parts.harness(setup))
  const question = { [questionFile]: toContent(Buffer.from(`${word}\n`), false) }
  const workspace = await parts.workspaces.create(prepared, { files: { ...files, ...question }, strip })
  try {
    const spec = { id: `canary/${setup.name}/0`, task: 'canary', setup: setup.name, index: 0, seed: 0 }
    const task: Task = {
      id: 'canary',
      source,
      prompt,
      tags: [],
      limits,
      graders: [],
      reference: null,
      fix: null,
      fingerprint: 'canary',
    }
    // The template of the setup is for tasks.
    const plain = { ...setup, prompt: null }
    const seen = nothingSeen()
    const work = { spec, task, setup: plain }
    const result = await letWork(
      work,
      { prepared, workspace },
      { folder, logs, seen, startedAt: new Date().toISOString() },
      parts,
    )
    checkBudget(seen.budget)
    const { text } = await workspace.capture()
    return { result, patch: text }
  } finally {
    await workspace.dispose()
  }
}

function praise({ attempt: { metered, turns } }: HarnessResult): string {
  const calls = metered?.calls ?? turns
  return `a word came back through its tools${calls === null ? '' : `, in ${calls} model calls`}`
}

/** Null where all is well. */
function complaint({ attempt: seen, transcript }: HarnessResult, cameBack: boolean): string | null {
  if (seen.stop !== 'finished')
    return `it ended with "${seen.stop}"${seen.message === null ? '' : `: ${seen.message}`}`
  if (seen.metered?.calls === 0)
    return 'it ended without a model call through the gateway: it does not use the service that it was told of'
  if (cameBack) return null
  const used = transcript.some(event => event.type === 'tool_call')
  const tools = seen.metered?.tools.join(', ') ?? ''
  const offered = tools === '' ? '' : ` (its model was offered ${tools})`
  return used
    ? `it used tools, but the word did not come back: see whether it may read and write files${offered}`
    : `it ended without using a tool${offered === '' ? ': its model got none, or does not use them' : offered}`
}

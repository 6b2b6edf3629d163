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
import { isModelFailure } from './model.ts'
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
/** What the question file holds. */
export const canaryWord = /\bcanary-[0-9a-f]{16}\b/

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
    const seen = result.attempt
    if (patch.includes(`b/${answerFile}`) && patch.includes(`+${word}`))
      return tell(true, praise(result), seen)
    return tell(false, complaint(result), seen)
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
    const place = { folder, logs, seen: nothingSeen() }
    const result = await letWork({ spec, task, setup: plain }, { prepared, workspace }, place, parts)
    const { text } = await workspace.capture()
    return { result, patch: text }
  } finally {
    await workspace.dispose()
  }
}

function praise({ attempt: { metered, turns, agentVersion } }: HarnessResult): string {
  const calls = metered?.calls ?? turns
  return [
    'the word came back through its tools',
    ...(agentVersion === null ? [] : [`version ${agentVersion}`]),
    ...(calls === null ? [] : [`${calls} model calls`]),
  ].join(', ')
}

function complaint({ attempt: seen, transcript }: HarnessResult): string {
  if (isModelFailure(seen) || seen.stop !== 'finished')
    return `it ended with "${seen.stop}"${seen.message === null ? '' : `: ${seen.message}`}`
  if (seen.metered?.calls === 0)
    return 'it ended without a model call through the gateway: it does not use the service that it was told of'
  const used = transcript.some(event => event.type === 'tool_call')
  return used
    ? 'it used tools, but the word did not come back: see whether it may write files'
    : 'it ended without using a tool: its model got none, or does not use them'
}

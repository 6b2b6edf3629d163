import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import { duration } from '../util/duration.ts'
import type { Step } from './scripted-schema.ts'
import { addUsage, checkClock, checkLimits, Stopped, type ScriptedState } from './scripted-state.ts'
import { toolOf, type Tool, type ToolOutput } from './scripted-tools.ts'

/** How often a `fail` step has failed in this process, by trial and step. */
const failures = new Map<string, number>()

/** Plays steps in order. Throws Stopped where the script, a limit or the clock ends it, InfraError for `fail` and abort. */
export async function runSteps(
  steps: readonly Step[],
  input: HarnessInput,
  state: ScriptedState,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    checkClock(input, state)
    const tool = toolOf(step, input, state)
    if (tool) await callTool(tool, state)
    else await runStep(step, `${input.trial.id}#${index}`, input, state)
    checkLimits(input, state)
  }
  checkClock(input, state)
}

async function runStep(step: Step, key: string, input: HarnessInput, state: ScriptedState): Promise<void> {
  const atMs = performance.now() - state.started
  if (step.say !== undefined) {
    state.transcript.push({ type: 'message', role: 'assistant', text: step.say, atMs })
  } else if (step.think !== undefined) {
    state.transcript.push({ type: 'reasoning', text: step.think, atMs })
  } else if (step.usage !== undefined) {
    addUsage(step.usage, state)
  } else if (step.sleep !== undefined) {
    await sleep(duration.parse(step.sleep), input, state)
  } else if (step.hang !== undefined) {
    await sleep(Number.POSITIVE_INFINITY, input, state)
  } else if (step.crash !== undefined) {
    throw new Stopped('crash', step.crash)
  } else if (step.fail !== undefined) {
    const failed = failures.get(key) ?? 0
    failures.set(key, failed + 1)
    if (step.times === undefined || failed < step.times) {
      throw new InfraError(step.fail, { transient: step.transient ?? false })
    }
  }
}

/** What a tool throws is its error, and the agent goes on. */
async function callTool(tool: Tool, state: ScriptedState): Promise<void> {
  const id = `call-${state.transcript.length}`
  const at = (): { atMs: number } => ({ atMs: performance.now() - state.started })
  state.transcript.push({ type: 'tool_call', id, tool: tool.name, input: tool.input, ...at() })
  const { output, isError } = await tool.act().catch(toToolError)
  state.transcript.push({ type: 'tool_result', id, output, isError, ...at() })
}

function toToolError(error: unknown): ToolOutput {
  if (error instanceof Stopped || error instanceof InfraError || !(error instanceof Error)) throw error
  return { output: error.message, isError: true }
}

async function sleep(ms: number, input: HarnessInput, state: ScriptedState): Promise<void> {
  const wakeAt = Math.min(performance.now() + ms, state.deadline)
  while (performance.now() < wakeAt && !input.signal.aborted) {
    // In parts, because a timer of Node cannot be longer than 24.8 days; rounded up, so that it is over then.
    const part = Math.ceil(Math.min(wakeAt - performance.now(), 3_600_000))
    await delay(part, undefined, { signal: input.signal }).catch((error: unknown) => {
      if (!input.signal.aborted) throw error
    })
  }
  checkClock(input, state)
}

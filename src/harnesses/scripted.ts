import { attemptThat, countToolCalls } from '../core/attempt.ts'
import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import { toText } from '../util/file-tree.ts'
import { seededRandom } from '../util/random.ts'
import { defineHarness } from '../registry.ts'
import { asked } from './ends.ts'
import { parseScript, ScriptTasks, type Branch } from './scripted-schema.ts'
import { Stopped, type ScriptedState } from './scripted-state.ts'
import { runSteps } from './scripted-steps.ts'
import { suiteFile } from './suite-file.ts'

const Config = z
  .strictObject({ script: z.string().min(1).optional(), tasks: ScriptTasks.optional() })
  .refine(config => (config.script === undefined) !== (config.tasks === undefined), {
    error: 'expected either script (a file) or tasks',
  })

/** Plays a script instead of asking a model: for trying suites and graders out, and for tests, without any key. */
export const scripted = defineHarness({
  config: Config,
  description: 'plays a script of steps, without any model: to try suites and graders out',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  endpoints: () => [],
  files: config => (config.script === undefined ? [] : [config.script]),
  async probe() {
    return { ok: true, version: 'scripted', message: 'built in, needs nothing' }
  },
  async run(input, config) {
    const started = performance.now()
    const state: ScriptedState = {
      transcript: [asked(input.prompt)],
      usage: null,
      costUsd: null,
      turns: null,
      runs: 0,
      started,
      deadline: started + input.limits.timeoutMs,
    }
    const stopped = await play(input, config, state)
    return {
      attempt: {
        ...attemptThat(stopped?.stop ?? 'finished', performance.now() - started),
        message: stopped?.message ?? null,
        usage: state.usage,
        costUsd: state.costUsd,
        costSource: state.costUsd === null ? null : 'harness',
        turns: state.turns,
        toolCalls: countToolCalls(state.transcript),
        agentVersion: 'scripted',
        observedModel: input.model,
      },
      transcript: state.transcript,
    }
  },
})

/** Null if the script was played to its end. */
async function play(
  input: HarnessInput,
  config: z.infer<typeof Config>,
  state: ScriptedState,
): Promise<Stopped | null> {
  const tasks = config.tasks ?? loadScript(input, config.script ?? '')
  const { task } = input.trial
  const branches = Object.hasOwn(tasks, task) ? tasks[task] : tasks['*']
  if (!branches) return new Stopped('crash', `the script has no branch for task ${task}, and none for "*"`)
  const branch = await firstThatApplies(branches, input)
  if (!branch) return new Stopped('crash', `no branch of the script applies to task ${task} as it is here`)
  try {
    await runSteps(branch.steps, input, state)
    return null
  } catch (error) {
    if (error instanceof Stopped) return error
    throw error
  }
}

function loadScript(input: HarnessInput, path: string): ScriptTasks {
  const text = toText(suiteFile(input.files, path))
  if (text === undefined) throw new InfraError(`${path} is no text file: a script is YAML`)
  return parseScript(text, path)
}

async function firstThatApplies(branches: readonly Branch[], input: HarnessInput): Promise<Branch | null> {
  const random = seededRandom(input.trial.seed)
  for (const branch of branches) {
    if (!(await holds(branch, input))) continue
    if (branch.chance === undefined || random() < branch.chance) return branch
  }
  return null
}

async function holds({ if: condition }: Branch, { trial, workspaceFiles }: HarnessInput): Promise<boolean> {
  if (condition?.setup !== undefined && condition.setup !== trial.setup) return false
  if (condition?.exists !== undefined) {
    if ((await workspaceFiles.locate(condition.exists)).state !== 'there') return false
  }
  for (const [path, text] of Object.entries(condition?.contains ?? {})) {
    const found = await workspaceFiles.locate(path)
    const bytes = found.state === 'there' ? await workspaceFiles.read(found.path) : null
    if (!bytes?.includes(text)) return false
  }
  return true
}

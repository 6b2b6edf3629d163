import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { HarnessResult } from '../contracts.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { cleanEnv } from '../util/host-env.ts'
import type { TrialParts } from './parts.ts'
import { counting, resourcesOf, withUse } from './resources.ts'

/** Lets the agent work in a workspace, with a home of its own and nothing of the host but what its setup passes. */
export async function attempt(
  spec: TrialSpec,
  task: Task,
  setup: Setup,
  workspace: string,
  { folder, logs }: { folder: string; logs: string },
  parts: TrialParts,
): Promise<HarnessResult> {
  const home = join(folder, 'home')
  const temporary = join(folder, 'tmp')
  await Promise.all([mkdir(home, { mode: 0o700 }), mkdir(temporary, { mode: 0o700 })])
  const access = { write: [workspace, home, temporary, logs], read: [], network: true }
  const limits = resourcesOf(task.limits)
  const { exec, seen } = counting(request => parts.exec({ access, limits, ...request }))
  const result = await parts.harness(setup).run(
    {
      trial: spec,
      prompt: fillIn(setup.prompt, task.prompt),
      workspace,
      home,
      logs,
      model: setup.model,
      effort: setup.effort,
      mcp: setup.mcp,
      env: {
        ...cleanEnv(parts.hostEnv, { home, temporary }),
        ...passed(setup, parts.hostEnv),
        ...setup.env.set,
      },
      limits: task.limits,
      files: setup.harness.files,
      exec,
      signal: parts.signal,
    },
    setup.harness.config,
  )
  return { ...result, attempt: withUse(result.attempt, seen, task.limits) }
}

/** A function as replacement, so that `$&` in a prompt stays what it is. */
function fillIn(template: string | null, prompt: string): string {
  return template === null ? prompt : template.replaceAll('{{prompt}}', () => prompt)
}

function passed(setup: Setup, host: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    setup.env.pass.map(name => {
      const value = host[name]
      if (value === undefined) {
        throw new InfraError(
          `setup ${setup.name} passes the environment variable ${name}, which is not set here`,
        )
      }
      return [name, value]
    }),
  )
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { Access, HarnessResult, PreparedSource, Workspace } from '../contracts.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { cleanEnv, withLoopbackDirect, withoutProxies } from '../util/host-env.ts'
import type { TrialParts } from './parts.ts'
import type { OpenModel } from './model.ts'
import { counting, processRemarks, resourcesOf, withUse } from './resources.ts'

/** What one attempt is given of its own. */
export interface Place {
  folder: string
  logs: string
  network: Access['network']
  /** Its way to its model; null where it goes its own way. */
  model: Pick<OpenModel, 'access' | 'stop'> | null
}

/**
 * Lets the agent work in a workspace, with a home of its own and nothing of the host but what its setup passes.
 * `remarks`: what a reader should know of it.
 */
export async function attempt(
  spec: TrialSpec,
  task: Task,
  setup: Setup,
  { source: { image } }: PreparedSource,
  workspace: Workspace,
  { folder, logs, network, model }: Place,
  parts: TrialParts,
): Promise<HarnessResult & { remarks: string[] }> {
  const home = join(folder, 'home')
  const temporary = join(folder, 'tmp')
  for (const path of [home, temporary]) mkdirSync(path, { mode: 0o700 })
  const access = {
    write: [workspace.path, home, temporary, logs],
    read: [],
    network,
    overlays: workspace.overlay ? [workspace.overlay] : [],
    image,
  }
  const limits = resourcesOf(task.limits)
  const { exec, seen } = counting(request =>
    parts.exec({ access, limits, ...request, ...stoppedBy(model?.stop, request.stop) }),
  )
  const env = {
    ...cleanEnv(network === 'open' ? parts.hostEnv : withoutProxies(parts.hostEnv), { home, temporary }),
    ...withoutKey({ ...passed(setup, parts.hostEnv), ...setup.env.set }, setup, parts),
  }
  const result = await parts.harness(setup).run(
    {
      trial: spec,
      prompt: fillIn(setup.prompt, task.prompt),
      workspace: workspace.path,
      workspaceFiles: workspace.files,
      home,
      logs,
      model: setup.model,
      effort: setup.effort,
      mcp: setup.mcp,
      service: model?.access ?? null,
      env: model ? withLoopbackDirect(env) : env,
      limits: task.limits,
      files: setup.harness.files,
      exec,
      image,
      signal: parts.signal,
    },
    setup.harness.config,
  )
  const asked = { ...result.attempt, requestedModel: setup.model }
  return {
    ...result,
    attempt: withUse(asked, seen, task.limits),
    remarks: processRemarks(seen, task.limits),
  }
}

function stoppedBy(...signals: (AbortSignal | undefined)[]): { stop?: AbortSignal } {
  const given = signals.filter(signal => signal !== undefined)
  return given.length === 0 ? {} : { stop: AbortSignal.any(given) }
}

/** The key of its service stays with the gateway, also where the setup would pass it. */
function withoutKey(given: Record<string, string>, setup: Setup, parts: TrialParts): Record<string, string> {
  const key = parts.service(setup)?.key ?? null
  return key === null ? given : Object.fromEntries(Object.entries(given).filter(([name]) => name !== key))
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

import { z } from 'zod'
import type { Command } from '../model/suite.ts'
import type { ExecRequest, ExecResult, PreparedSource, Sandbox, Workspace, Workspaces } from '../contracts.ts'
import { nothingPlaced, openWorkspaces, sourceOf } from './bench.ts'
import { chooseSandbox } from '../sandboxes/index.ts'

/** Programs that do nothing. */
export const nothing = ['/bin/true']

/** Runs a command in a workspace as the program runs agents, but without network. */
export function execIn(
  sandbox: Sandbox,
  workspace: Workspace,
  command: Command,
  more: Partial<ExecRequest> = {},
): Promise<ExecResult> {
  const log = '/dev/null'
  return sandbox.exec({
    command,
    cwd: workspace.path,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    timeoutMs: 600_000,
    // As trials are run: with a limit to processes.
    limits: {},
    stdout: log,
    stderr: log,
    access: {
      write: [workspace.path],
      read: [],
      network: 'off',
      overlays: workspace.overlay ? [workspace.overlay] : [],
    },
    ...more,
  })
}

/** A workspace in which an agent did nothing yet, but could. Throws if it could not. */
export async function readyWorkspace(
  workspaces: Workspaces,
  sandbox: Sandbox,
  prepared: PreparedSource,
): Promise<Workspace> {
  const workspace = await workspaces.create(prepared, nothingPlaced)
  const { end, exitCode } = await execIn(sandbox, workspace, nothing)
  if (end !== 'exited' || exitCode !== 0) throw new Error(`the first command: ${end}, exit code ${exitCode}`)
  return workspace
}

/** What a process of its own is told to do, for whoever counts what it starts. */
export const Cycles = z.strictObject({
  roots: z.strictObject({ cacheRoot: z.string(), workRoot: z.string() }),
  repository: z.strictObject({ path: z.string(), commit: z.string() }),
  count: z.number(),
})
export type Cycles = z.infer<typeof Cycles>

/** Makes, uses and removes workspaces, one after the other. */
export async function runCycles({ roots, repository, count }: Cycles): Promise<void> {
  const sandbox = await chooseSandbox('sandbox').catch(() => chooseSandbox(null))
  const workspaces = await openWorkspaces(roots)
  const prepared = await workspaces.prepare(sourceOf(repository), sandbox.exec)
  for (let at = 0; at < count; at += 1) await (await readyWorkspace(workspaces, sandbox, prepared)).dispose()
}

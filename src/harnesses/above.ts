import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import { readTail } from '../util/output.ts'

/**
 * Some agents read instructions in every folder above the one that they work in, and cannot be told not to. Throws
 * InfraError where the agent would see such a file: a trial with it would measure another setup.
 */
export async function checkAbove(
  name: string,
  files: readonly string[],
  { workspace, home, env, exec, image, signal }: HarnessInput,
): Promise<void> {
  const paths = foldersAbove(workspace).flatMap(folder => files.map(file => join(folder, file)))
  // Only the command itself sees what an image has there, and what a sandbox hides.
  const suspects = image === null ? paths.filter(path => existsSync(path)) : paths
  if (suspects.length === 0) return
  const log = join(home, 'agent-above.txt')
  await exec({
    command: [
      '/bin/sh',
      '-c',
      'for file; do if [ -e "$file" ]; then echo "$file"; fi; done',
      'sh',
      ...suspects,
    ],
    cwd: workspace,
    env,
    timeoutMs: 60_000,
    stdout: log,
    stderr: log,
    signal,
  })
  const seen = (await readTail(log, 4096)).trim()
  await rm(log, { force: true })
  if (seen !== '') {
    throw new InfraError(
      `${name} would also read ${seen.split('\n').join(', ')}, which stands above its workspace: move it, or let AGENT_EVAL_WORK name another folder for workspaces`,
    )
  }
}

/** The folders above one, the nearest first. */
export function foldersAbove(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [] : [above, ...foldersAbove(above)]
}

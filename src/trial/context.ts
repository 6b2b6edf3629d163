import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ContextProbe, PreparedSource } from '../contracts.ts'
import { contextPaths, contextProbes } from '../core/context/probes.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { TrialParts } from './parts.ts'

/**
 * What to look for in a trial's model calls. What the prompt says, or the repository itself at the same places, can reach the
 * model in other ways, and proves nothing.
 */
export async function contextOf(
  setup: Setup,
  task: Task,
  prepared: PreparedSource,
  parts: TrialParts,
): Promise<ContextProbe[]> {
  const { layout } = parts.harness(setup)
  const setups = parts.setups()
  const paths = [...contextPaths(setups, layout.skills), layout.instructions]
  const texts = await Promise.all(paths.map(path => textAt(join(prepared.path, path))))
  const there = texts.flatMap((text, i) => (text === null ? [] : [text, paths[i] ?? '']))
  return contextProbes(setup, setups, [task.prompt, setup.prompt ?? '', ...there])
}

/** Null where there is no file. */
async function textAt(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'].includes(code)) return null
    throw error
  })
}

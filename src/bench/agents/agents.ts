import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { harnesses } from '../../harnesses/index.ts'
import type { ModelApi } from '../../model/service.ts'

/** An agent that is measured. */
export interface MeasuredAgent {
  name: 'pi' | 'codex'
  bin: string
  api: ModelApi
}

/** Those that are installed in a folder of `AGENT_EVAL_TEST_AGENTS`. Throws where there is none. */
export function installedAgents(): MeasuredAgent[] {
  const folders = (process.env['AGENT_EVAL_TEST_AGENTS'] ?? '').split(delimiter).filter(Boolean)
  const found = (['pi', 'codex'] as const).flatMap((name): MeasuredAgent[] => {
    const bin = folders
      .map(folder => join(folder, 'node_modules', '.bin', name))
      .find(path => existsSync(path))
    const api = harnesses[name].apis?.[0]
    return bin === undefined || api === undefined ? [] : [{ name, bin, api }]
  })
  if (found.length === 0)
    throw new Error(
      'AGENT_EVAL_TEST_AGENTS names no folder with a node_modules where pi or codex is installed',
    )
  return found
}

export const model = 'bench'
export const prompt = 'Write the word done into a file done.txt.'
export const command = 'echo done > done.txt'

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HarnessInput } from '../../contracts.ts'
import type { FileTree } from '../../model/files.ts'
import { exec } from '../../util/exec.ts'
import { filesOfFolder } from '../../workspaces/files.ts'
import { writeTree } from '../../util/file-tree.ts'
import { cleanEnv } from '../../util/host-env.ts'

/** Real temporary folders and a complete input for one attempt. */
export interface Bench {
  root: string
  input(change?: Partial<HarnessInput>): HarnessInput
  clean(): Promise<void>
}

export async function openBench(files: Record<string, string> = {}): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'harness-'))
  const folder = (name: string): string => join(root, name)
  for (const name of ['workspace', 'home', 'logs', 'tmp']) await mkdir(folder(name))
  writeTree(folder('workspace'), filesOf(files))
  return {
    root,
    input: change => ({
      trial: { id: 'fix/bare/0', task: 'fix', setup: 'bare', index: 0, seed: 12345 },
      prompt: 'Fix it.',
      workspace: folder('workspace'),
      workspaceFiles: filesOfFolder(folder('workspace')),
      home: folder('home'),
      logs: folder('logs'),
      model: 'm1',
      effort: null,
      mcp: {},
      service: null,
      env: cleanEnv(process.env, { home: folder('home'), temporary: folder('tmp') }),
      limits: { timeoutMs: 30_000, maxCostUsd: null, maxTurns: null },
      files: {},
      exec,
      image: null,
      signal: new AbortController().signal,
      ...change,
    }),
    clean: () => rm(root, { recursive: true, force: true }),
  }
}

/** Files in memory from their texts. */
export function filesOf(texts: Record<string, string>): FileTree {
  return Object.fromEntries(
    Object.entries(texts).map(([path, data]) => [path, { encoding: 'utf8', data, executable: false }]),
  )
}

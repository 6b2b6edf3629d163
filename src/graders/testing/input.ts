import { anAttempt } from '../../testing/builders.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenWorkspace, GradeInput } from '../../contracts.ts'
import type { FileTree } from '../../model/files.ts'
import type { Attempt, TranscriptEvent } from '../../model/trial.ts'
import { exec } from '../../util/exec.ts'
import { filesOfFolder } from '../../workspaces/files.ts'
import { writeTree } from '../../util/file-tree.ts'

/** Files by their text; a text that starts with `#!` is executable. */
export function tree(texts: Record<string, string>): FileTree {
  return Object.fromEntries(
    Object.entries(texts).map(([path, data]) => [
      path,
      { encoding: 'utf8', data, executable: data.startsWith('#!') } as const,
    ]),
  )
}

/** An attempt that finished and of which everything is known. */
export const finished: Attempt = anAttempt({
  usage: {
    inputTokens: 1000,
    cacheReadTokens: 500,
    cacheWriteTokens: null,
    outputTokens: 200,
    reasoningTokens: null,
  },
  costUsd: 0.25,
  costSource: 'harness',
  turns: 4,
  toolCalls: 3,
  durationMs: 90_000,
})

export interface Scene {
  /** What the agent left. */
  workspace?: Record<string, string>
  /** Done to each copy of it, for what a text cannot say: links, pipes. */
  change?: (root: string) => Promise<void>
  pristine?: Record<string, string>
  /** Done to each tree, with and without the agent's change: what `prepare` of a source does. */
  prepare?: (root: string) => Promise<void>
  hidden?: Record<string, string>
  files?: Record<string, string>
  patch?: string
  changedFiles?: string[]
  lines?: { added: number; removed: number }
  attempt?: Partial<Attempt>
  transcript?: TranscriptEvent[]
  secrets?: Record<string, string>
  env?: Record<string, string>
  signal?: AbortSignal
  /** What was made once for the run that it belongs to; without it, a run of its own. */
  run?: Map<string, Promise<unknown>>
}

export interface GradingPlace {
  input(scene: Scene): Promise<GradeInput>
  close(): Promise<void>
}

/** Makes a value once for each key. */
function remember(made: Map<string, Promise<unknown>>): GradeInput['once'] {
  return <T>(key: string, make: () => Promise<T>) => {
    const value = made.get(key) ?? make()
    made.set(key, value)
    return value as Promise<T>
  }
}

/** Real folders and real processes for graders under test. */
export async function gradingPlace(): Promise<GradingPlace> {
  const root = await mkdtemp(join(tmpdir(), 'grader-'))
  const folder = (name: string): Promise<string> => mkdtemp(join(root, `${name}-`))
  return {
    async input(scene) {
      const made = new Map<string, Promise<unknown>>()
      const open = async (
        texts: Record<string, string>,
        hidden: boolean,
        files: FileTree,
      ): Promise<OpenWorkspace> => {
        const path = await folder('workspace')
        writeTree(path, tree(texts))
        if (hidden) writeTree(path, tree(scene.hidden ?? {}))
        writeTree(path, files)
        await scene.prepare?.(path)
        return {
          path,
          files: filesOfFolder(path),
          placed: { ...(hidden ? tree(scene.hidden ?? {}) : {}), ...files },
        }
      }
      const home = await folder('home')
      return {
        task: { id: 'task', prompt: 'Make it work.' },
        attempt: { ...finished, ...scene.attempt },
        transcript: scene.transcript ?? [],
        outcome: {
          patchSha256: '0'.repeat(64),
          patchBytes: (scene.patch ?? '').length,
          changedFiles: scene.changedFiles ?? [],
          linesAdded: scene.lines?.added ?? 0,
          linesRemoved: scene.lines?.removed ?? 0,
        },
        patch: scene.patch ?? '',
        async workspace({ hidden, files = {} }) {
          const opened = await open(scene.workspace ?? {}, hidden, files)
          await scene.change?.(opened.path)
          return opened
        },
        pristine: ({ hidden, files = {} }) => open(scene.pristine ?? {}, hidden, files),
        once: remember(made),
        oncePerRun: remember(scene.run ?? new Map()),
        files: tree(scene.files ?? {}),
        logs: await folder('logs'),
        scratch: await folder('scratch'),
        env: { PATH: process.env.PATH ?? '', HOME: home, ...scene.env },
        secrets: scene.secrets ?? {},
        exec,
        signal: scene.signal ?? new AbortController().signal,
      }
    },
    close: () => rm(root, { recursive: true, force: true }),
  }
}

import { existsSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Io } from './io.ts'

export interface Folders {
  /** `.agent-eval` of the repository one stands in: results. */
  results: string
  /** Mirrors, checkouts, what was prepared and package caches, shared by all projects of this user. */
  cache: string
  /** Workspaces of running trials. Stands in the system's temporary folder, so that no parent holds instructions for agents. */
  work: string
}

/** Where things are kept. `AGENT_EVAL_CACHE` moves the cache, `AGENT_EVAL_WORK` the workspaces. */
export function folders(io: Io): Folders {
  const { AGENT_EVAL_CACHE, AGENT_EVAL_WORK, XDG_CACHE_HOME } = io.env
  return {
    results: join(topLevel(io.cwd), '.agent-eval'),
    cache: resolve(AGENT_EVAL_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'agent-eval')),
    work: resolve(AGENT_EVAL_WORK ?? join(tmpdir(), `agent-eval-${userInfo().username}`)),
  }
}

/** The repository that a folder belongs to, else the folder itself. */
export function topLevel(folder: string): string {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return resolve(folder)
  }
}

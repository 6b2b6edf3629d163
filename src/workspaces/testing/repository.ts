import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Placement, Workspaces } from '../../contracts.ts'
import type { Source } from '../../model/suite.ts'
import { copyWorkspaces } from '../copy.ts'

const identity = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Somebody',
  GIT_AUTHOR_EMAIL: 'somebody@example.org',
  GIT_COMMITTER_NAME: 'Somebody',
  GIT_COMMITTER_EMAIL: 'somebody@example.org',
}

/** Plain git as a person would use it, with the folder's own `.git`. */
export function gitIn(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: identity, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trimEnd()
}

export interface TestRepository {
  path: string
  /** Writes files (null removes one), commits them all, and returns the commit. */
  commit(files: Record<string, string | Buffer | null>, message?: string): string
}

/** A real repository with branch `main` in a folder that is made for it. */
export function makeRepository(path: string): TestRepository {
  mkdirSync(path, { recursive: true })
  gitIn(path, 'init', '-q', '-b', 'main')
  return {
    path,
    commit(files, message = 'change') {
      writeFiles(path, files)
      gitIn(path, 'add', '-A', '-f')
      gitIn(path, 'commit', '-q', '--allow-empty', '-m', message)
      return gitIn(path, 'rev-parse', 'HEAD')
    },
  }
}

export function writeFiles(root: string, files: Record<string, string | Buffer | null>): void {
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path)
    rmSync(target, { recursive: true, force: true })
    if (content === null) continue
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
}

/** A folder for one test file, with all that its workspaces need. */
export function makePlace(name: string): { root: string; workspaces: Workspaces; remove(): void } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), `${name}-`)))
  return {
    root,
    workspaces: copyWorkspaces({ cacheRoot: join(root, 'cache'), workRoot: join(root, 'work') }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export function sourceOf(git: string, commit: string, more: Partial<Source> = {}): Source {
  return {
    name: 'source',
    git,
    commit,
    history: 'ancestors',
    prepare: [],
    prepareTimeoutMs: 60_000,
    prepareReads: null,
    image: null,
    ...more,
  }
}

export const nothingPlaced: Placement = { files: {}, strip: [] }

export function text(data: string, executable = false): Placement['files'][string] {
  return { encoding: 'utf8', data, executable }
}

import { availableParallelism, totalmem } from 'node:os'
import { simpleGit } from 'simple-git'
import type { Provenance } from '../model/run.ts'
import { version } from '../version.ts'
import type { Io } from './io.ts'

/** What runs here, on what, started by whom. Outside of git, what git would know is null. */
export async function provenance(folder: string, io: Io): Promise<Provenance> {
  const git = simpleGit(folder)
  const ask = (...args: string[]): Promise<string | null> =>
    git.raw(args).then(
      text => text.trim(),
      // Not a repository, no commit yet, no user set: unknown.
      () => null,
    )
  const [status, email] = await Promise.all([
    ask('status', '--porcelain=v2', '--branch', '--', '.'),
    ask('config', 'user.email'),
  ])
  return {
    tool: version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    suiteCommit: /^# branch\.oid ([0-9a-f]+)$/m.exec(status ?? '')?.[1] ?? null,
    suiteDirty: status === null ? null : /^[^#]/m.test(status),
    user: io.env['GITHUB_ACTOR'] ?? io.env['GITLAB_USER_LOGIN'] ?? (email || null),
    ci: Boolean(io.env['CI']),
  }
}

import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { objectFormat, writeGitDir } from '../util/git-dir.ts'
import { git, gitText, runGit, withoutCredentials } from '../util/git.ts'
import { sha256 } from '../util/json.ts'
import { withLock } from '../util/lock.ts'
import { markUse } from '../util/uses.ts'
import { refuseEndless } from './endless.ts'
import { checkCommitId, checkGitUrl } from './git-url.ts'
import { forgetSize } from './recorded-size.ts'
import { askRemote, fetchFrom, missing, refuseShallow, unreachable } from './remote.ts'

/**
 * Sees to it that this machine's private mirror of a repository holds a commit with all of its past, and returns the
 * mirror's git directory. Does not touch the network if it does already. Throws InfraError with what git said.
 */
export async function ensureCommit(cacheRoot: string, url: string, commit: string): Promise<string> {
  checkGitUrl(url)
  checkCommitId(commit)
  const name = `${sha256(url).slice(0, 40)}${objectFormat(commit) === 'sha256' ? '.sha256' : ''}`
  const gitDir = join(cacheRoot, 'mirrors', `${name}.git`)
  await markUse(cacheRoot, `mirror-${name}`, { git: withoutCredentials(url) })
  await mkdir(gitDir, { recursive: true, mode: 0o700 })
  await putRight(gitDir, commit)
  if (!(await hasPin(gitDir, commit))) {
    await withLock(join(cacheRoot, 'locks', `mirror-${name}`), async () => {
      if (await hasPin(gitDir, commit)) return
      await removeStaleLocks(gitDir)
      await forgetSize(cacheRoot, `mirrors/${name}.git`)
      await fetchCommit(gitDir, url, commit)
      await checkIsCommit(gitDir, url, commit)
      await checkSize(gitDir, url, commit)
    })
  }
  await checkIsCommit(gitDir, url, commit)
  return gitDir
}

/** Whatever was changed in the mirror since it was made, it can neither run a program nor bring in other objects. */
async function putRight(gitDir: string, commit: string): Promise<void> {
  await writeGitDir(gitDir, { bare: true, idLength: commit.length })
  await rm(join(gitDir, 'shallow'), { force: true })
}

/** git writes the ref only after it has made sure that the whole past is there, so the ref is the proof. */
const pinOf = (commit: string): string => `refs/pins/${commit}`

async function hasPin(gitDir: string, commit: string): Promise<boolean> {
  const found = await runGit(['rev-parse', '--quiet', '--verify', pinOf(commit)], { gitDir })
  return found.exitCode === 0 && found.stdout.toString().trim() === commit
}

/** Left by a git that was killed. Nobody else writes here: we hold the mirror's lock. */
async function removeStaleLocks(gitDir: string): Promise<void> {
  const names = await readdir(gitDir, { recursive: true })
  for (const name of names.filter(name => name.endsWith('.lock'))) {
    await rm(join(gitDir, name), { force: true })
  }
}

async function fetchCommit(gitDir: string, url: string, commit: string): Promise<void> {
  const byId = await fetchFrom(url, gitDir, [`+${commit}:${pinOf(commit)}`])
  if (await hasPin(gitDir, commit)) return
  refuseShallow(byId, url)
  const answer = await askRemote(['ls-remote', '--', url, 'HEAD'], null)
  if (!answer.done) throw unreachable(url, answer)

  // The server is there, but does not hand out a commit by its id, or has not got it.
  const everything = ['+refs/heads/*:refs/fetched/heads/*', '+refs/tags/*:refs/fetched/tags/*']
  const byName = await fetchFrom(url, gitDir, everything)
  refuseShallow(byName, url)
  if (!(await isFetched(gitDir, commit))) throw missing(url, commit, byId, byName)
  await git(['update-ref', pinOf(commit), commit], { gitDir })
}

/** Whether a fetched branch or tag has the commit in its past, which is then all there. */
async function isFetched(gitDir: string, commit: string): Promise<boolean> {
  const args = ['for-each-ref', '--count=1', `--contains=${commit}`, 'refs/fetched/']
  const found = await runGit(args, { gitDir })
  return found.exitCode === 0 && found.stdout.length > 0
}

/** Without its ref, a commit that was refused is not taken for one that is all right next time. */
async function checkSize(gitDir: string, url: string, commit: string): Promise<void> {
  try {
    await refuseEndless(gitDir, url, commit)
  } catch (error) {
    await git(['update-ref', '-d', pinOf(commit)], { gitDir })
    throw error
  }
}

async function checkIsCommit(gitDir: string, url: string, commit: string): Promise<void> {
  const type = await gitText(['cat-file', '-t', commit], { gitDir })
  if (type === 'commit') return
  const peeled = await runGit(['rev-parse', '--quiet', '--verify', `${commit}^{commit}`], { gitDir })
  const hint =
    peeled.exitCode === 0 ? `, use the commit that it names: ${peeled.stdout.toString().trim()}` : ''
  throw new UserError(`${commit} of ${withoutCredentials(url)} is a ${type} and no commit${hint}`)
}

import { InfraError } from '../errors.ts'
import { GitError, failed, runGit, withoutCredentials } from '../util/git.ts'

/** Large repositories over slow lines. */
const remoteTimeoutMs = 60 * 60_000

/** What came of talking to a remote: git's own words, and whether it may go better a moment later. */
export interface Answer {
  done: boolean
  text: string
  transient: boolean
}

/** Runs a git command that talks to a remote, with the user's credentials, proxies and rewritten addresses. */
export async function askRemote(args: readonly string[], gitDir: string | null): Promise<Answer> {
  const options = { gitDir, userConfig: true, timeoutMs: remoteTimeoutMs }
  try {
    const result = await runGit(args, options)
    const text = withoutCredentials(result.stderr).trim()
    return { done: result.exitCode === 0, text, transient: failed(args, options, result).transient }
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return { done: false, text: error.message, transient: error.transient }
  }
}

/** Fetches what the refspecs name and nothing else. The address must have been checked. */
export function fetchFrom(url: string, gitDir: string, refspecs: readonly string[]): Promise<Answer> {
  const nothingElse = [
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
  ]
  return askRemote(['fetch', '--quiet', ...nothingElse, '--', url, ...refspecs], gitDir)
}

/** Throws InfraError if the answer tells that the other side lacks the past of its commits. */
export function refuseShallow(answer: Answer, url: string): void {
  if (!/shallow/i.test(answer.text)) return
  throw new InfraError(
    `the repository ${withoutCredentials(url)} is a shallow clone, without the past of its commits:\n${answer.text}\n` +
      'Run "git fetch --unshallow" in it (in GitHub Actions: actions/checkout with fetch-depth: 0).',
  )
}

export function unreachable(url: string, answer: Answer): InfraError {
  const shown = withoutCredentials(url)
  return new InfraError(
    `cannot read the repository ${shown}:\n${answer.text}\n` +
      `Check the address and the network, and that "git ls-remote ${shown}" works in a terminal.`,
    { transient: answer.transient },
  )
}

export function missing(url: string, commit: string, byId: Answer, byName: Answer): InfraError {
  const said = byName.done ? byId.text : byName.text
  return new InfraError(
    `the repository ${withoutCredentials(url)} gives no commit ${commit}: it is on none of its branches and tags, and ` +
      `git said:\n${said}\nCheck the id, and push the commit to a branch or tag of that repository.`,
    { transient: byName.transient },
  )
}

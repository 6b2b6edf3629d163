import { isAbsolute } from 'node:path'
import { UserError } from '../errors.ts'
import { withoutCredentials } from '../util/git.ts'

const objectId = /^[0-9a-f]{40}([0-9a-f]{24})?$/
const overNetwork = /^(https|ssh):\/\/[^-/\s][^\s]*$/
const likeScp = /^([A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9][\w.-]*:(?!\/\/)[^:-][^\s]*$/

/**
 * Lets only what git takes for a place of a repository reach git's command line: no option, no helper program. Throws
 * UserError.
 */
export function checkGitUrl(url: string): void {
  const plain = !/\p{Cc}/u.test(url) && !/^[A-Za-z0-9+.-]*::/.test(url)
  const local = isAbsolute(url) || url.startsWith('file:///')
  if (plain && (local || overNetwork.test(url) || likeScp.test(url))) return
  throw new UserError(
    `"${withoutCredentials(url)}" is no address of a git repository: expected https://…, ssh://…, user@host:path, file:///… or an absolute path`,
  )
}

/** Throws UserError for anything but a full object id. */
export function checkCommitId(commit: string): void {
  if (!objectId.test(commit)) {
    throw new UserError(`"${commit}" is no full commit id: expected 40 (or 64) characters of 0-9 and a-f`)
  }
}

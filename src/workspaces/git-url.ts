import { UserError } from '../errors.ts'
import { mistakeInGitUrl } from '../util/git-url.ts'

const objectId = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** Lets only what git takes for a place of a repository reach git's command line. Throws UserError. */
export function checkGitUrl(url: string): void {
  const mistake = mistakeInGitUrl(url)
  if (mistake !== null) throw new UserError(mistake)
  if (url.startsWith('.')) throw new UserError(`"${url}" is a relative path: expected an absolute one`)
}

/** Throws UserError for anything but a full object id. */
export function checkCommitId(commit: string): void {
  if (!objectId.test(commit)) {
    throw new UserError(`"${commit}" is no full commit id: expected 40 (or 64) characters of 0-9 and a-f`)
  }
}

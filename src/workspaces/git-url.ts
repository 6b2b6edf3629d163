import { UserError } from '../errors.ts'
import { mistakeInGitUrl } from '../util/git-url.ts'

const objectId = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** The last look before something reaches git's command line, wherever it came from. Throws UserError. */
export function checkGitUrl(url: string): void {
  const relative = /^\.{1,2}(\/|$)/.test(url) ? `"${url}" is relative: expected an absolute path` : null
  const mistake = mistakeInGitUrl(url) ?? relative
  if (mistake !== null) throw new UserError(mistake)
}

/** Throws UserError for anything but a full object id. */
export function checkCommitId(commit: string): void {
  if (!objectId.test(commit)) {
    throw new UserError(`"${commit}" is no full commit id: expected 40 (or 64) characters of 0-9 and a-f`)
  }
}

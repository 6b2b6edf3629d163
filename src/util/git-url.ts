import { isAbsolute } from 'node:path'
import { withoutCredentials } from './git.ts'

const overNetwork = /^(https|ssh):\/\/([^@/\s]+@)?[A-Za-z0-9[][^\s]*$/
const likeScp = /^([A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9][\w.-]*:(?!\/\/)[^:-][^\s]*$/

/**
 * What keeps a text from being a place of a repository that git may be given; null if nothing does. No option, no helper
 * program (`ext::…`), no password in it. A path may be absolute, or relative beginning with `.`.
 */
export function mistakeInGitUrl(url: string): string | null {
  const shown = `"${withoutCredentials(url).replaceAll(/\p{Cc}/gu, '?')}"`
  if (/\p{Cc}/u.test(url)) return `${shown} has control characters in it`
  if (url.startsWith('-')) return `${shown} is an option of git, not a repository`
  if (/^[A-Za-z0-9+.-]*::/.test(url))
    return `${shown} names a helper program: expected https://…, ssh://…, user@host:path, file:///… or a path`
  if (/^https?:\/\/[^/@\s]*:[^/@\s]*@/i.test(url))
    return `${shown} holds a password: leave it out, git asks your credential helper`
  if (/^(http|git):\/\//i.test(url)) return `${shown} is not encrypted: use https://… or ssh://…`
  const local = isAbsolute(url) || /^\.{1,2}(\/|$)/.test(url) || url.startsWith('file:///')
  const sshOption = /^ssh:\/\/([^@/]*@)?-/.test(url) || /^[^/]*@-/.test(url)
  if (!sshOption && (local || overNetwork.test(url) || likeScp.test(url))) return null
  return `${shown} is no address of a git repository: expected https://…, ssh://…, user@host:path, file:///…, or a path that begins with ./, ../ or /`
}

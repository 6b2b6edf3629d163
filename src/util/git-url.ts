import { shorten, visible } from './visible.ts'

/** Host or user of a URL: nothing that a program could take for an option. */
const host = /^([A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/
const user = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

/**
 * What is wrong with the address of a git repository; null if nothing is. Allowed are https, ssh, git@host:path, file URLs
 * and local paths, and nothing that makes git start another program, take the address for an option, or ask a helper.
 */
export function mistakeInGitUrl(url: string): string | null {
  const expected =
    'expected an https, ssh or file URL, git@host:path, or a local path that begins with ./ or ../ or /'
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(url)) return `${expected}; got ${quoted(url)} with control characters`
  if (url.startsWith('-')) return `${expected}; ${quoted(url)} would be taken for an option of git`
  if (isLocalPath(url)) return null
  if (/^[A-Za-z0-9+.-]*::/.test(url)) return `${expected}; ${quoted(url)} asks git to start a helper program`
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1]
  if (scheme === undefined) return mistakeInScpLike(url, expected)
  const rest = url.slice(scheme.length + 3)
  switch (scheme) {
    case 'https':
      return mistakeInHttps(url, rest)
    case 'ssh':
      return mistakeInSsh(url, rest)
    case 'file':
      return rest.startsWith('/') && !hasBlankOrBackslash(rest)
        ? null
        : `expected file:///absolute/path, got ${quoted(url)}`
    case 'http':
      return `${quoted(url)} can be changed on its way: use https://`
    default:
      return `${expected}; "${scheme}" is not allowed`
  }
}

/** Whether the address is a path of this machine, as it is written in suites. */
export function isLocalPath(url: string): boolean {
  return /^(\/|\.{1,2}(\/|$))/.test(url)
}

function mistakeInHttps(url: string, rest: string): string | null {
  const { authority, path } = split(rest)
  if (authority.includes('@')) {
    const shown = quoted(`https://…@${authority.slice(authority.lastIndexOf('@') + 1)}${path}`)
    return `no user name, password or token may stand in a URL (${shown}): remove it and use a git credential helper`
  }
  if (!host.test(authority) || path.length < 2 || hasBlankOrBackslash(path)) {
    return `expected https://host/path, got ${quoted(url)}`
  }
  return null
}

function mistakeInSsh(url: string, rest: string): string | null {
  const { authority, path } = split(rest)
  const at = authority.lastIndexOf('@')
  const name = at < 0 ? null : authority.slice(0, at)
  if (name?.includes(':')) return 'no password may stand in a URL: remove it and use a key'
  const isSafe =
    (name === null || user.test(name)) && host.test(authority.slice(at + 1)) && isSafePath(path.slice(1))
  return isSafe ? null : `expected ssh://user@host/path, none of them beginning with "-", got ${quoted(url)}`
}

function mistakeInScpLike(url: string, expected: string): string | null {
  const parts = /^([^@/:]+)@(\[[^\]]*\]|[^:/@]+):(.*)$/.exec(url)
  if (!parts) {
    const hint =
      /^[\w.~-][\w./~-]*$/.test(url) && !url.startsWith('~') ? `: for a local path write ./${url}` : ''
    return `${expected}; got ${quoted(url)}${hint}`
  }
  const [, name = '', hostName = '', path = ''] = parts
  const isSafe = user.test(name) && host.test(hostName) && isSafePath(path.replace(/^\//, ''))
  return isSafe ? null : `expected git@host:path, none of them beginning with "-", got ${quoted(url)}`
}

function isSafePath(path: string): boolean {
  return path !== '' && !path.startsWith('-') && !hasBlankOrBackslash(path)
}

function hasBlankOrBackslash(text: string): boolean {
  return /[\s\\]/.test(text)
}

function split(rest: string): { authority: string; path: string } {
  const slash = rest.search(/[/?#]/)
  return slash < 0
    ? { authority: rest, path: '' }
    : { authority: rest.slice(0, slash), path: rest.slice(slash) }
}

function quoted(text: string): string {
  return visible(JSON.stringify(shorten(text, 60)))
}

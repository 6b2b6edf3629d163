/**
 * What a process needs of the host to work at all and what says nothing about its user: where programs are, the language,
 * and how this machine reaches the network (proxies, certificates).
 */
const neutral = /^(PATH|LANG|LC_ALL|LC_CTYPE|TZ|SYSTEMROOT|COMSPEC|PATHEXT|WINDIR)$/i
const network =
  /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|GIT_SSL_CAINFO|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|PIP_CERT)$/i

/** A clean environment with a private home and a private folder for temporary files. Nothing else of the host gets in. */
export function cleanEnv(
  host: NodeJS.ProcessEnv,
  folders: { home: string; temporary: string },
): Record<string, string> {
  const kept = Object.entries(host).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (neutral.test(entry[0]) || network.test(entry[0])),
  )
  return {
    LANG: 'C.UTF-8',
    ...Object.fromEntries(kept),
    HOME: folders.home,
    USERPROFILE: folders.home,
    XDG_CONFIG_HOME: `${folders.home}/.config`,
    XDG_CACHE_HOME: `${folders.home}/.cache`,
    XDG_DATA_HOME: `${folders.home}/.local/share`,
    XDG_STATE_HOME: `${folders.home}/.local/state`,
    TMPDIR: folders.temporary,
    TERM: 'dumb',
    GIT_TERMINAL_PROMPT: '0',
  }
}

/** Without the proxies of this machine, which are out of reach where there is no network, and whose addresses may hold a password. */
export function withoutProxies(host: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(host).filter(([name]) => !/_proxy$/i.test(name)))
}

/** The same environment, in which nothing on loopback is asked for through a proxy. */
export function withLoopbackDirect(env: Record<string, string>): Record<string, string> {
  const usual = env['no_proxy'] ?? env['NO_PROXY'] ?? ''
  const list = [usual, 'localhost', '127.0.0.1', '::1'].filter(Boolean).join(',')
  return { ...env, no_proxy: list, NO_PROXY: list }
}

/** The values, by name, of those of the named variables that are set. */
export function setOnes(names: readonly string[], host: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    names
      .map(name => [name, host[name]])
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

import { devNull } from 'node:os'

/** Nothing that a repository or a user configures may start a program. */
export const fixedSettings = [
  'core.fsmonitor=false',
  `core.hooksPath=${devNull}`,
  'protocol.ext.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'gc.auto=0',
  'maintenance.auto=false',
]

/** What git would find out from the user's or the machine's configuration otherwise. */
export const privateSettings = [
  'safe.bareRepository=explicit',
  `core.attributesFile=${devNull}`,
  `core.excludesFile=${devNull}`,
  'core.autocrlf=false',
  'core.eol=lf',
  'core.safecrlf=false',
  'core.untrackedCache=false',
  'core.logAllRefUpdates=false',
  'commit.gpgSign=false',
]

const alwaysSet = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'https:ssh:file',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: devNull,
}

/** The whole environment of a git that must do the same on every machine. */
export function privateEnvironment(): Record<string, string> {
  return {
    ...alwaysSet,
    PATH: process.env['PATH'] ?? '',
    // Not a folder: whatever is looked for below it is not there.
    HOME: devNull,
    XDG_CONFIG_HOME: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
  }
}

/**
 * The user's environment, for talking to a remote. Of git's own variables only those that say how to reach it are kept:
 * GIT_DIR and its like come from a hook around us.
 */
export function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') || /^GIT_(CONFIG|SSH|SSL|ASKPASS|HTTP|PROXY)/.test(name),
  )
  return { ...Object.fromEntries(kept), ...alwaysSet }
}

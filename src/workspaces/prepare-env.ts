import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnv } from '../util/host-env.ts'

/** Settings of package managers and languages: mirrors, credentials for them, installed tool chains. */
const settings = new RegExp(
  [
    '^(npm_config|NPM_CONFIG|YARN|PNPM|COREPACK|BUN|PIP|UV|POETRY|PDM|CARGO|RUSTUP|BUNDLE|GEM|COMPOSER|NUGET|MAVEN|GRADLE)_',
    '^(JAVA_HOME|GRADLE_USER_HOME|DOTNET_ROOT|NVM_DIR|PYENV_ROOT|RBENV_ROOT|ASDF_DATA_DIR|VOLTA_HOME|NODE_MIRROR)$',
    '^GO(PROXY|PRIVATE|NOPROXY|SUMDB|NOSUMDB|INSECURE|FLAGS|TOOLCHAIN|ROOT)$',
  ].join('|'),
)

/** Of these, and of what stands in the user's home, where programs of this machine are: an image has its own. */
const places =
  /^(JAVA_HOME|RUSTUP_HOME|CARGO_HOME|GOROOT|(DOTNET|PYENV)_ROOT|RBENV_ROOT|(NVM|ASDF_DATA)_DIR|VOLTA_HOME)$/

/** What npm tells the programs that it starts about itself: these would make another npm act on the wrong folder. */
const ofOuterNpm =
  /^npm_config_(local_prefix|global|global_prefix|location|user_agent|workspaces?|include_workspace_root|package|call|yes|dry_run|json|node_gyp|npm_version|init_module|noproxy)$/i

/** Where tools look in the user's home, which commands do not get; each is named to them if it is there. */
const inHome: [variable: string, ...paths: string[]][] = [
  ['NPM_CONFIG_USERCONFIG', '.npmrc'],
  ['PIP_CONFIG_FILE', '.config/pip/pip.conf', '.pip/pip.conf', 'Library/Application Support/pip/pip.conf'],
  ['UV_CONFIG_FILE', '.config/uv/uv.toml'],
  ['RUSTUP_HOME', '.rustup'],
  ['NVM_DIR', '.nvm'],
  ['PYENV_ROOT', '.pyenv'],
]

/** Packages are fetched once for all sources. */
const caches: [variable: string, folder: string][] = [
  ['npm_config_cache', 'npm'],
  ['PIP_CACHE_DIR', 'pip'],
  ['UV_CACHE_DIR', 'uv'],
  ['YARN_CACHE_FOLDER', 'yarn'],
  ['GOMODCACHE', 'go'],
]

/**
 * Environment of the commands that make a source ready: clean, with a private home, but with the host's settings of package
 * managers, which come from variables or from files in the user's home, and with package caches that all sources share. Where the programs
 * are not those of this machine (`ownPrograms` is false), nothing says where these are.
 */
export function prepareEnv(
  host: NodeJS.ProcessEnv,
  folders: { home: string; temporary: string; packages: string },
  ownPrograms = true,
): Record<string, string> {
  const env = cleanEnv(host, folders)
  for (const [name, value] of Object.entries(host)) {
    const isWanted = settings.test(name) && !ofOuterNpm.test(name) && (ownPrograms || !places.test(name))
    if (value !== undefined && isWanted) env[name] = value
  }
  const isSet = (variable: string): boolean =>
    Object.keys(env).some(name => name.toLowerCase() === variable.toLowerCase())
  for (const [variable, ...paths] of inHome) {
    const found = paths.map(path => join(host['HOME'] ?? '/', path)).find(existsSync)
    const isWanted = ownPrograms || !places.test(variable)
    if (found !== undefined && isWanted && !isSet(variable)) env[variable] = found
  }
  for (const [variable, folder] of caches) {
    if (!isSet(variable)) env[variable] = join(folders.packages, folder)
  }
  return env
}

/** Where packages come from and who asks for them: another one of these gives the same packages. */
const noMatter =
  /token|auth|password|secret|user|email|proxy|cache|registry|index|url|cert|cafile|color|progress|log|fund|audit|timeout|retr/i

/**
 * The settings that may change what the commands leave. Not those that say where something is or who asks for it: a path of
 * this machine, an address, a password.
 */
export function decidingSettings(host: NodeJS.ProcessEnv, ownPrograms: boolean): Record<string, string> {
  const nowhere = { home: '/nonexistent', temporary: '/nonexistent', packages: '/nonexistent' }
  const [env, clean] = [prepareEnv(host, nowhere, ownPrograms), cleanEnv(host, nowhere)]
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) =>
        !(name in clean) && !noMatter.test(name) && !value.startsWith('/') && !value.includes('://'),
    ),
  )
}

/** Files and folders of the host that this environment names: package managers must be able to read them. */
export function settingsFiles(env: Record<string, string>): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) =>
        /(CONFIG|_HOME|_DIR|_ROOT|_LINKS)$/i.test(name) && value.startsWith('/') && !name.startsWith('XDG_'),
    )
    .map(([, value]) => value)
}

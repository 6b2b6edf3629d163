import { existsSync, readlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { Access } from '../contracts.ts'

/** All that exists in a sandbox, at the same paths as outside, besides a private /tmp, /proc and /dev. */
export interface Seen {
  /** Links of the system's top folder, and where they point to: on merged systems /bin is one to usr/bin. */
  links: [path: string, target: string][]
  /** Files and folders that can only be read. All of them exist. */
  readOnly: string[]
  writable: readonly string[]
}

/** Of /etc what programs need to find names, certificates and libraries. No passwords, no keys. */
const settings = [
  'alternatives',
  'ca-certificates',
  'group',
  'hosts',
  'java-17-openjdk',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'npmrc',
  'passwd',
  'pki',
  'protocols',
  'resolv.conf',
  'services',
  'ssl',
  'timezone',
].map(name => join('/etc', name))

const topFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/** What a command sees that may touch `access`; `argv` and `env` are those of the command. */
export function seenBy(argv: readonly string[], env: Record<string, string>, access: Access): Seen {
  const links: [string, string][] = []
  const folders: string[] = []
  for (const path of topFolders) {
    const target = linkTarget(path)
    if (target === null) folders.push(path)
    else links.push([path, target])
  }
  const readOnly = [
    ...folders,
    '/usr',
    ...settings,
    ...toolFolders(env['PATH'] ?? ''),
    ...packageOf(argv[0] ?? ''),
    ...certificates(env),
    ...access.read,
  ]
  return { links, readOnly: [...new Set(readOnly)].filter(path => existsSync(path)), writable: access.write }
}

/** Null for what is no link. */
function linkTarget(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}

/**
 * Where programs on PATH outside of /usr are installed: `…/bin` stands for the folder around it, which has their libraries.
 * Never a whole home folder.
 */
function toolFolders(path: string): string[] {
  const folders = path
    .split(delimiter)
    .filter(folder => folder.startsWith('/') && !/^\/(usr|bin|sbin)(\/|$)/.test(folder) && existsSync(folder))
    .map(folder => {
      const around = /^(\.?bin|sbin|shims)$/.test(basename(folder)) ? dirname(folder) : folder
      return around === homedir() || around === '/' || around === dirname(homedir()) ? folder : around
    })
  return [...new Set([...folders, dirname(dirname(process.execPath))])].filter(folder => folder !== '/')
}

/** The installation of a program that is named by its path, below a `node_modules`. */
function packageOf(program: string): string[] {
  const at = program.indexOf('/node_modules/')
  return program.startsWith('/') && at > 0 ? [program.slice(0, at + '/node_modules'.length)] : []
}

/** Certificates that the environment names, wherever they lie. */
function certificates(env: Record<string, string>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => /(CERT|CA_BUNDLE|CAINFO)/.test(name) && value.startsWith('/'))
    .map(([, value]) => value)
}

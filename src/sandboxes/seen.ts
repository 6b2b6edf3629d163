import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Access } from '../contracts.ts'
import { installationOf, installationsOn, linkTarget } from './installation.ts'
import type { Found } from './wrapped.ts'

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

/** What a command sees that may touch `access`; its program was found at that path. */
export function seenBy({ program, argv }: Found, env: Record<string, string>, access: Access): Seen {
  // Links in there may be the agent's: followed here, they would show whatever it likes.
  const isTheirs = (path: string): boolean => access.write.some(folder => isWithin(path, folder))
  const programs = [program, scriptOf(argv)].filter(path => !isTheirs(path))
  const { links, readOnly } = onThisMachine(env['PATH'] ?? '', programs, [
    ...certificates(env),
    ...access.read,
  ])
  return { links, readOnly: readOnly.filter(path => !isTheirs(path)), writable: access.write }
}

type OnMachine = Pick<Seen, 'links' | 'readOnly'>
const known = new Map<string, OnMachine>()

/** Looked up once for the same question: what is installed on this machine does not change while a run goes on. */
function onThisMachine(path: string, programs: readonly string[], named: readonly string[]): OnMachine {
  const question = JSON.stringify([path, programs, named])
  const seen = known.get(question) ?? lookUp(path, programs, named)
  known.set(question, seen)
  return seen
}

function lookUp(path: string, programs: readonly string[], named: readonly string[]): OnMachine {
  const links: [string, string][] = []
  const folders: string[] = []
  for (const folder of topFolders) {
    const target = linkTarget(folder)
    if (target === null) folders.push(folder)
    else links.push([folder, target])
  }
  const readOnly = [
    ...folders,
    '/usr',
    ...settings,
    ...installationsOn([path, dirname(process.execPath)].join(':')),
    ...programs.flatMap(installationOf),
    ...named,
  ]
  const there = [...new Set(readOnly)].filter(each => existsSync(each))
  return {
    links,
    readOnly: withoutNested(
      there,
      links.map(([each]) => each),
    ),
  }
}

/** Without what can be seen through another one already, in an order in which none covers another. */
function withoutNested(paths: readonly string[], links: readonly string[]): string[] {
  const shown = [...paths.filter(path => !links.includes(path)), ...links]
  const isShown = (path: string, by: string): boolean => path !== by && isWithin(path, by)
  return paths
    .filter(path => {
      const real = realpathSync(path)
      return (
        !(shown.some(by => isShown(path, by)) && shown.some(by => isShown(real, by))) && !links.includes(path)
      )
    })
    .toSorted()
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** A program that is run by another one: `node /somewhere/agent.js`. */
function scriptOf([, first = '']: readonly string[]): string {
  return first.startsWith('/') ? first : ''
}

/** Certificates that the environment names, wherever they lie. */
function certificates(env: Record<string, string>): string[] {
  return Object.entries(env)
    .filter(([name, value]) => /(CERT|CA_BUNDLE|CAINFO)/.test(name) && value.startsWith('/'))
    .map(([, value]) => value)
}

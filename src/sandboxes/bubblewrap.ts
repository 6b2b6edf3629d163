import { existsSync, readlinkSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { Access, ExecRequest, Sandbox } from '../contracts.ts'
import { openingDoor, throughDoor } from '../util/door.ts'
import { probeBy, wrapped } from './wrapped.ts'

/** A process tree of its own that ends with its first process, or with us. */
const ownProcesses = ['--unshare-pid', '--die-with-parent', '--proc', '/proc']

/** Where overlays had to be mounted in a namespace in which the user is root, the command shall not think so. */
const ownUser = ({ uid, gid } = userInfo()): string[] =>
  uid === 0 ? [] : ['--unshare-user', '--uid', String(uid), '--gid', String(gid)]

const processOnlyLine = (argv: readonly string[]): string[] => [
  'bwrap',
  ...ownUser(),
  '--dev-bind',
  '/',
  '/',
  ...ownProcesses,
  '--',
  ...argv,
]
const processOnly = wrapped(processOnlyLine)

/** The level `process` by bubblewrap, which brings a process 1 that reaps what is orphaned. */
export const bubblewrapProcess: Sandbox = {
  isolation: { level: 'process' },
  description:
    'no process of an agent survives it or sees others; agents see your files and reach the network',
  mounts: true,
  probe: () => probeBy('bubblewrap', processOnly),
  exec: processOnly,
}

const confined = wrapped((argv, request) => {
  if (!request.access) return processOnlyLine(argv)
  return confinedLine(argv, request, request.access)
}, throughDoor)

const confinedLine = (argv: readonly string[], request: ExecRequest, access: Access): string[] => [
  'bwrap',
  ...ownUser(),
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  ...(access.network === 'open' ? [] : ['--unshare-net']),
  '--die-with-parent',
  '--new-session',
  // As root bubblewrap would leave every capability to the command.
  '--cap-drop',
  'ALL',
  ...mounts(access, argv, request.env),
  '--chdir',
  request.cwd,
  '--',
  ...openingDoor(argv, request),
]

/** The level `sandbox`: only listed folders exist. */
export const bubblewrapSandbox: Sandbox = {
  isolation: { level: 'sandbox' },
  description:
    'agents see programs and their own folders only, without rights even as root; they reach what their setup allows, graders reach nothing',
  mounts: true,
  probe: () => probeBy('bubblewrap', confined),
  exec: confined,
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

function mounts(access: Access, argv: readonly string[], env: Record<string, string>): string[] {
  const base = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap(linkOrFolder)
  const readOnly = [
    '/usr',
    ...settings,
    ...toolFolders(env['PATH'] ?? ''),
    ...packageOf(argv[0] ?? ''),
    ...certificates(env),
    ...access.read,
  ]
  return [
    ...base,
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    // After the temporary folder, in which they may lie.
    ...readOnly.flatMap(path => ['--ro-bind-try', path, path]),
    ...access.write.flatMap(path => ['--bind', path, path]),
  ]
}

/** On merged systems /bin is a link to usr/bin. */
function linkOrFolder(path: string): string[] {
  try {
    return ['--symlink', readlinkSync(path), path]
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return error.code === 'EINVAL' ? ['--ro-bind', path, path] : []
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

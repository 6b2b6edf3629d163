import { dirname } from 'node:path'
import type { Access, ExecRequest, Sandbox } from '../contracts.ts'
import { openingDoor, throughDoor } from '../util/door.ts'
import { findProgram, ownPath } from '../util/find-program.ts'
import { processDescription, sandboxDescription } from './descriptions.ts'
import { etcWith } from './etc.ts'
import { seenBy } from './seen.ts'
import { isRoot } from '../util/root.ts'
import { insideUser } from './inside-user.ts'
import { probeBy, probeConfined } from './probe.ts'
import { wrapped, type Found } from './wrapped.ts'

/** A process tree of its own that ends with its first process, or with us. */
const ownProcesses = ['--unshare-pid', '--die-with-parent', '--proc', '/proc']

/** Never looked for on the PATH of a command, which an agent may have written to. */
let found: string | null = null
const bubblewrap = (): string => (found ??= findProgram('bwrap', ownPath()) ?? 'bwrap')

const processOnlyLine = ({ argv }: Found): string[] => [
  bubblewrap(),
  // Where overlays had to be mounted in a namespace in which the user is root, the command shall not think so.
  ...(isRoot() ? [] : userNamespace()),
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
  description: processDescription,
  mounts: true,
  probe: () => probeBy('bubblewrap', processOnly),
  exec: processOnly,
}

const confined = wrapped(
  (inner, request) =>
    request.access ? confinedLine(inner, request, request.access) : processOnlyLine(inner),
  throughDoor,
)

/** Of /proc what root may write to without any right: by core_pattern the kernel would run a program outside. */
const settingsOfTheKernel = ['/proc/sys', '/proc/sysrq-trigger']

const confinedLine = async (inner: Found, request: ExecRequest, access: Access): Promise<string[]> => {
  const { links, readOnly, writable } = seenBy(inner, request.env, access)
  const isSetting = (path: string): boolean => dirname(path) === '/etc'
  const hasNetwork = access.network === 'open'
  const { folder: etc, others } = await etcWith(readOnly.filter(isSetting), hasNetwork)
  const shown = [...others, ...readOnly.filter(path => !isSetting(path))]
  return [
    bubblewrap(),
    // Without one root would keep its capabilities for whatever it can regain them by; in one of its own making it could mount
    // and change control groups, which belong to root.
    ...userNamespace(...(isRoot() ? ['--disable-userns'] : [])),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    ...(hasNetwork ? [] : ['--unshare-net']),
    '--die-with-parent',
    '--new-session',
    '--cap-drop',
    'ALL',
    ...links.flatMap(([path, target]) => ['--symlink', target, path]),
    '--proc',
    '/proc',
    ...settingsOfTheKernel.flatMap(path => ['--ro-bind-try', path, path]),
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    // After the temporary folder, in which they may lie.
    '--ro-bind',
    etc,
    '/etc',
    ...shown.flatMap(path => ['--ro-bind-try', path, path]),
    ...writable.flatMap(path => ['--bind', path, path]),
    '--chdir',
    request.cwd,
    '--',
    ...openingDoor(inner.argv, request),
  ]
}

/** A user namespace in which the command is who it is to be. */
function userNamespace(...more: string[]): string[] {
  const { uid, gid } = insideUser()
  return ['--unshare-user', ...more, '--uid', String(uid), '--gid', String(gid)]
}

/** The level `sandbox`: only listed folders exist. */
export const bubblewrapSandbox: Sandbox = {
  isolation: { level: 'sandbox' },
  description: sandboxDescription,
  mounts: true,
  probe: () => probeConfined('bubblewrap', confined),
  exec: confined,
}

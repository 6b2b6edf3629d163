import type { Access, ExecRequest, Sandbox } from '../contracts.ts'
import { findProgram, ownPath } from '../util/find-program.ts'
import { seenBy } from './seen.ts'
import { insideUser } from './inside-user.ts'
import { probeBy, probeConfined } from './probe.ts'
import { wrapped, type Found } from './wrapped.ts'

/** A process tree of its own that ends with its first process, or with us. */
const ownProcesses = ['--unshare-pid', '--die-with-parent', '--proc', '/proc']

/** Never looked for on the PATH of a command, which an agent may have written to. */
const bubblewrap = async (): Promise<string> => (await findProgram('bwrap', ownPath())) ?? 'bwrap'

const processOnlyLine = async ({ argv }: Found): Promise<string[]> => [
  await bubblewrap(),
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
  isolation: { level: 'process', network: 'open' },
  description:
    'no process of an agent survives it or sees others; agents see your files and reach the network',
  probe: () => probeBy('bubblewrap', processOnly),
  exec: processOnly,
}

const confined = wrapped((inner, request) =>
  request.access ? confinedLine(inner, request, request.access) : processOnlyLine(inner),
)

/** Of /proc what root may write to without any right: by core_pattern the kernel would run a program outside. */
const settingsOfTheKernel = ['/proc/sys', '/proc/sysrq-trigger']

const confinedLine = async (inner: Found, request: ExecRequest, access: Access): Promise<string[]> => {
  const { links, readOnly, writable } = seenBy(inner, request.env, access)
  return [
    await bubblewrap(),
    ...ownUser(),
    '--unshare-pid',
    '--unshare-ipc',
    '--unshare-uts',
    ...(access.network ? [] : ['--unshare-net']),
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
    ...readOnly.flatMap(path => ['--ro-bind-try', path, path]),
    ...writable.flatMap(path => ['--bind', path, path]),
    '--chdir',
    request.cwd,
    '--',
    ...inner.argv,
  ]
}

/**
 * Without a user namespace root would keep its capabilities for whatever it can regain them by; in one of its own making it
 * could mount and change control groups, which belong to root.
 */
function ownUser(): string[] {
  if (process.getuid?.() !== 0) return []
  const { uid, gid } = insideUser()
  return ['--unshare-user', '--disable-userns', '--uid', String(uid), '--gid', String(gid)]
}

/** The level `sandbox`: only listed folders exist. */
export const bubblewrapSandbox: Sandbox = {
  isolation: { level: 'sandbox', network: 'open' },
  description:
    'agents see programs and their own folders only, without rights even as root; agents reach the network, prepared code and graders do not',
  probe: () => probeConfined('bubblewrap', confined),
  exec: confined,
}

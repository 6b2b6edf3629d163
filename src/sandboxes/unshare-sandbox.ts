import { join } from 'node:path'
import type { Access, ExecRequest, Sandbox } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { openingDoor, throughDoor } from '../util/door.ts'
import { findProgram, ownPath } from '../util/find-program.ts'
import { isRoot } from '../util/root.ts'
import { shellWord } from '../util/shell.ts'
import { sandboxDescription } from './descriptions.ts'
import { insideUser } from './inside-user.ts'
import { mountTable } from './mount-table.ts'
import { probeConfined } from './probe.ts'
import { seenBy } from './seen.ts'
import { keepShell, processLine } from './unshare-process.ts'
import { wrapped, type Found } from './wrapped.ts'

/** What the sandbox is built with. Never looked for on the PATH of a command, which an agent may have written to. */
const tools = ['sh', 'unshare', 'setpriv', 'mount', 'umount', 'pivot_root', 'mkdir', 'cp', 'ip'] as const
type Tool = (typeof tools)[number]

/** The new root is built over a folder that every Linux has, and of which nothing is needed inside. */
const root = '/sys'

const confined = wrapped(async (inner, request) => {
  const { access } = request
  if (!access) return processLine(inner)
  const places = await toolPlaces()
  const net = access.network === 'open' ? '' : '--net'
  return words(
    `${places.setpriv} --pdeathsig KILL -- ` +
      `${places.unshare} --user --map-root-user --mount --pid --ipc --uts ${net} --kill-child -- ${places.sh} -c`,
  ).concat(prologue(inner, request, access, places), 'sh', openingDoor(inner.argv, request))
}, throughDoor)

const words = (line: string): string[] => line.split(' ').filter(word => word !== '')

/** Builds a root of what is seen, moves into it, lets the old one go, gives all rights up and becomes the command. */
function prologue(inner: Found, request: ExecRequest, access: Access, places: Record<Tool, string>): string {
  const seen = seenBy(inner, request.env, access)
  const { text, folders, files } = mountTable(root, seen)
  const { uid, gid } = insideUser()
  const links = [...seen.links.map(([path]) => path), '/dev/fd', '/dev/stdin', '/dev/stdout', '/dev/stderr']
  // Read once, and hidden by what is mounted over it.
  const table = join(root, 'proc/table')
  return [
    'set -e',
    // In one of its own making root could mount and change control groups, which belong to it. The last is made below.
    ...(isRoot() ? ['echo 1 >/proc/sys/user/max_user_namespaces'] : []),
    `${places.mount} -n -t tmpfs -o mode=755,nosuid tmpfs ${root}`,
    `${places.cp} -P --parents ${links.map(shellWord).join(' ')} ${root}`,
    `${places.mkdir} -p ${[...folders, ...files.map(file => join(file, '..'))].map(shellWord).join(' ')}`,
    ...files.map(file => `: >${shellWord(file)}`),
    `printf %s ${shellWord(text)} >${table}`,
    `${places.mount} -n -a -T ${table}`,
    ...(access.network === 'open' ? [] : [`${places.ip} link set lo up`]),
    `cd ${root}`,
    `${places.pivot_root} . mnt`,
    `${places.umount} -n -l /mnt`,
    `cd ${shellWord(request.cwd)}`,
    'unset OLDPWD',
    // The user of the command, in a namespace in which nothing that is mounted here can be changed.
    `exec ${places.unshare} --user --map-user=${uid} --map-group=${gid} --keep-caps -- ` +
      `${places.setpriv} --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all -- ` +
      `${places.sh} -c ${shellWord(keepShell)} sh "$@"`,
  ].join('\n')
}

let known: Record<Tool, string> | null = null

/** Looked for until all are there. Throws InfraError that names what is missing. */
async function toolPlaces(): Promise<Record<Tool, string>> {
  if (known) return known
  const found = await Promise.all(tools.map(async name => [name, findProgram(name, ownPath())] as const))
  const missing = found.filter(([, place]) => place === null).map(([name]) => name)
  if (missing.length > 0) throw new InfraError(`unshare: ${missing.join(', ')} not found`)
  known = Object.fromEntries(found) as Record<Tool, string>
  return known
}

/** The level `sandbox` by util-linux alone, as root or, where user namespaces are allowed, as anybody. */
export const unshareSandbox: Sandbox = {
  isolation: { level: 'sandbox' },
  description: sandboxDescription,
  mounts: true,
  probe: () => probeConfined('unshare', confined),
  exec: confined,
}

import { execFile } from 'node:child_process'
import { existsSync, rmdirSync } from 'node:fs'
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { livenessOf, ownProcessName } from './process-name.ts'
import { signalProcess } from './process-tree.ts'

/** What a control group can see to; `kill` ends all that is in it at once. */
export type Controller = 'memory' | 'cpu' | 'cpuacct' | 'pids' | 'kill'

/** A folder of the kernel in which groups of our own can be made. */
export interface Base {
  version: 1 | 2
  folder: string
  /** In a hierarchy of version 2 `cpu` also counts. */
  controllers: Controller[]
}

const prefix = 'agent-eval.'
let counter = 0

/** A name that tells which process made it. */
export async function newGroupName(): Promise<string> {
  return `${prefix}${await ownProcessName()}.${counter++}`
}

let found: Promise<Base[]> | null = null

/** Where groups can be made here, found out by making one and moving a process into it; once, for it takes a moment. */
export function cgroupBases(): Promise<Base[]> {
  found ??= process.platform === 'linux' ? findBases() : Promise.resolve([])
  return found
}

async function findBases(): Promise<Base[]> {
  const [mounts, own] = await Promise.all([readIfAny('/proc/self/mountinfo'), readIfAny('/proc/self/cgroup')])
  const possible = own.split('\n').map(async line => {
    const [, names = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const mount = mountOf(mounts, names)
    if (mount === null || line === '') return []
    const below = path.startsWith(mount.root) ? path.slice(mount.root.length) : path
    const folder = resolve(mount.point, `.${below}`)
    return names === '' ? version2(folder, mount.point) : version1(folder, names)
  })
  const hierarchies = await Promise.all(possible)
  const movable = await whereMovable(hierarchies.flat().map(({ folder }) => folder))
  const bases = hierarchies
    .map(candidates => candidates.find(({ folder }) => movable.has(folder)))
    .filter(base => base !== undefined)
  for (const { folder } of bases) await sweep(folder)
  return bases
}

/** Where a hierarchy is mounted, and which part of it. Names are those of /proc/self/cgroup, none for version 2. */
function mountOf(mounts: string, names: string): { point: string; root: string } | null {
  for (const line of mounts.trim().split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const [, , , root = '/', point = ''] = before.split(' ')
    const [type, , options = ''] = after.split(' ')
    const wanted = names.split(',').every(name => options.split(',').includes(name))
    if (names === '' ? type === 'cgroup2' : type === 'cgroup' && wanted)
      return { point, root: root === '/' ? '' : root }
  }
  return null
}

function version1(folder: string, names: string): Base[] {
  const known = ['memory', 'cpu', 'cpuacct', 'pids'] as const
  const controllers = known.filter(name => names.split(',').includes(name))
  return controllers.length > 0 ? [{ version: 1, folder, controllers }] : []
}

/** Groups may stand beside ours, or beside one around it: where processes are, none can be made that is limited. Best first. */
async function version2(own: string, top: string): Promise<Base[]> {
  const candidates: Base[] = []
  for (let folder = own; ; folder = dirname(folder)) {
    const passedOn = (await readIfAny(join(folder, 'cgroup.subtree_control'))).trim().split(' ')
    const controllers = (['memory', 'cpu', 'pids'] as const).filter(name => passedOn.includes(name))
    const isLast = folder === top || !folder.startsWith(`${top}/`)
    if (controllers.length > 0 || isLast)
      candidates.push({ version: 2, folder, controllers: [...controllers, 'kill'] })
    if (isLast) return candidates
  }
}

/** Goes into one group after the other, and tells into which it could. */
const enterEach = 'for group; do echo $$ >"$group/cgroup.procs" && echo "$group"; done 2>/dev/null; exit 0'

/** In which folders a group can be made and a process moved into it, by trying: with one process for all of them. */
async function whereMovable(folders: readonly string[]): Promise<Set<string>> {
  const name = await newGroupName()
  const made: string[] = []
  try {
    for (const folder of folders) {
      const group = join(folder, name)
      await mkdir(group).then(
        () => made.push(group),
        () => undefined,
      )
    }
    // Elsewhere than in a hierarchy of groups the file would be made by writing to it.
    const groups = made.filter(group => existsSync(join(group, 'cgroup.procs')))
    if (groups.length === 0) return new Set()
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', enterEach, 'sh', ...groups])
    return new Set(stdout.split('\n').filter(Boolean).map(dirname))
  } finally {
    await Promise.all(made.map(removeGroup))
  }
}

/** Ends and removes the groups of processes that have died. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix)) continue
    const owner = name.slice(prefix.length).split('.')[0] ?? ''
    if ((await livenessOf(owner)) !== 'dead') continue
    await endGroup(join(folder, name))
    await removeGroup(join(folder, name))
  }
}

/** Ends all processes in a group, and returns how many there were. */
export async function endGroup(group: string): Promise<number> {
  const pids = (await readIfAny(join(group, 'cgroup.procs'))).split('\n').filter(Boolean).map(Number)
  if (pids.length === 0) return 0
  // Not there before Linux 5.14, nor in version 1.
  await writeFile(join(group, 'cgroup.kill'), '1', { flag: 'r+' }).catch(() => {
    for (const pid of pids) signalProcess(pid, 'SIGKILL')
  })
  return pids.length
}

/** The kernel needs a moment after the last process; what stays is removed by the next start. */
export async function removeGroup(group: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const error = await rmdir(group).then(
      () => null,
      (reason: NodeJS.ErrnoException) => reason,
    )
    if (error?.code !== 'EBUSY') return
    await endGroup(group)
    await new Promise(resolve => setTimeout(resolve, 10 + tries * 5))
  }
}

/** Removes a group when this process ends; if it cannot, the next start does. */
export function removeAtExit(group: string): void {
  if (kept.length === 0) {
    process.once('exit', () => {
      for (const each of kept) {
        try {
          rmdirSync(each)
        } catch (error) {
          if (!(error instanceof Error && 'code' in error)) throw error
        }
      }
    })
  }
  kept.push(group)
}

const kept: string[] = []

export async function readIfAny(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

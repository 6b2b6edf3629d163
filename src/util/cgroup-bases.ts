import { execFile } from 'node:child_process'
import { rmdirSync } from 'node:fs'
import { access, mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises'
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
  const tried = own.split('\n').map(line => {
    const [, names = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    const mount = mountOf(mounts, names)
    if (mount === null || line === '') return null
    const below = path.startsWith(mount.root) ? path.slice(mount.root.length) : path
    const folder = resolve(mount.point, `.${below}`)
    return names === '' ? version2(folder, mount.point) : version1(folder, names)
  })
  const bases = (await Promise.all(tried)).filter(base => base !== null)
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

async function version1(folder: string, names: string): Promise<Base | null> {
  const known = ['memory', 'cpu', 'cpuacct', 'pids'] as const
  const controllers = known.filter(name => names.split(',').includes(name))
  return controllers.length > 0 && (await canMove(folder)) ? { version: 1, folder, controllers } : null
}

/** Groups may stand beside ours, or beside one around it: where processes are, none can be made that is limited. */
async function version2(own: string, top: string): Promise<Base | null> {
  for (let folder = own; ; folder = dirname(folder)) {
    const passedOn = (await readIfAny(join(folder, 'cgroup.subtree_control'))).trim().split(' ')
    const controllers = (['memory', 'cpu', 'pids'] as const).filter(name => passedOn.includes(name))
    const isLast = folder === top || !folder.startsWith(`${top}/`)
    if ((controllers.length > 0 || isLast) && (await canMove(folder)))
      return { version: 2, folder, controllers: [...controllers, 'kill'] }
    if (isLast) return null
  }
}

/** Whether a group can be made in a folder and a process moved into it, by trying. */
async function canMove(folder: string): Promise<boolean> {
  const group = join(folder, await newGroupName())
  try {
    await mkdir(group)
    // Elsewhere than in a hierarchy of groups the file would be made by this.
    await access(join(group, 'cgroup.procs'))
    await promisify(execFile)('/bin/sh', ['-c', 'echo $$ >"$1"', 'sh', join(group, 'cgroup.procs')])
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  } finally {
    await removeGroup(group)
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

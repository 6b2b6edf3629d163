import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** CPU time, user and system, of this process and of all that it started. */
export interface CpuMeter {
  /** How it is read, for the report. */
  way: string
  /** Milliseconds since some moment before the meter was opened. */
  usedMs(): number
  close(): void
}

/**
 * By a control group of our own where one can be made: only that counts processes which others reap, as a sandbox's
 * process 1. Elsewhere by what the kernel adds up for a parent, in hundredths of a second.
 */
export function openCpuMeter(): CpuMeter {
  return byGroup() ?? byParent
}

const byParent: CpuMeter = {
  way: '/proc/self/stat (10 ms steps; without processes that others reaped)',
  usedMs() {
    const text = readFileSync('/proc/self/stat', 'latin1')
    // After the name, which may hold anything: state is the first, utime, stime, cutime and cstime are 12 to 15.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0)
  },
  close() {},
}

interface Hierarchy {
  way: string
  /** Where the group of this process is. */
  folder: string
  readMs(group: string): number
}

function byGroup(): CpuMeter | null {
  for (const { way, folder, readMs } of hierarchies()) {
    const group = join(folder, `agent-eval-bench-${process.pid}`)
    try {
      mkdirSync(group)
    } catch {
      continue
    }
    try {
      writeFileSync(join(group, 'cgroup.procs'), `${process.pid}`)
      readMs(group)
    } catch {
      rmdirSync(group)
      continue
    }
    return { way, usedMs: () => readMs(group), close: () => leave(group, folder) }
  }
  return null
}

function hierarchies(): Hierarchy[] {
  const lines = readOr('/proc/self/cgroup', '').trim().split('\n')
  const pathOf = (wanted: (controllers: string[]) => boolean): string | null =>
    lines.map(line => line.split(':')).find(([, names = '']) => wanted(names.split(',')))?.[2] ?? null
  const first = pathOf(names => names.includes('cpuacct'))
  const second = pathOf(names => names.includes(''))
  const found: Hierarchy[] = []
  for (const mount of ['cpuacct', 'cpu,cpuacct'])
    if (first !== null)
      found.push({
        way: 'control group, version 1 (cpuacct.usage)',
        folder: join('/sys/fs/cgroup', mount, first),
        readMs: group => Number(readFileSync(join(group, 'cpuacct.usage'), 'latin1')) / 1e6,
      })
  if (second !== null)
    found.push({
      way: 'control group, version 2 (cpu.stat)',
      folder: join('/sys/fs/cgroup', second),
      readMs(group) {
        const usage = /^usage_usec (\d+)$/m.exec(readFileSync(join(group, 'cpu.stat'), 'latin1'))?.[1]
        if (usage === undefined) throw new Error(`${group}/cpu.stat has no usage_usec`)
        return Number(usage) / 1000
      },
    })
  return found
}

/**
 * A group that still has processes cannot be removed: all go back to where they came from. Never throws; what goes on starting
 * processes keeps the group until it ends.
 */
function leave(group: string, folder: string): void {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    for (const pid of readOr(join(group, 'cgroup.procs'), '').split('\n').filter(Boolean))
      tried(() => writeFileSync(join(folder, 'cgroup.procs'), pid))
    if (tried(() => rmdirSync(group))) return
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
  process.stderr.write(`${group} still has processes and was left there\n`)
}

function tried(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}

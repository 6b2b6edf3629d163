import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { ResourceLimits, ResourceUse } from '../contracts.ts'
import {
  cgroupBases,
  endGroup,
  newGroupName,
  readIfAny,
  removeAtExit,
  removeGroup,
  type Base,
  type Controller,
} from './cgroup-bases.ts'
import { findProgram, ownPath } from './find-program.ts'
import type { Prelude } from './prelude.ts'
import { shellWord } from './shell.ts'

/** By what limits hold here, the strongest that was found. */
export type Enforcer = 'cgroup-v2' | 'cgroup-v1' | 'rlimit' | 'none'

/** More processes than honest work has, and few enough to leave the machine alive: holds where groups can be made. */
const mostProcesses = Math.max(4096, 256 * availableParallelism())

/** Limits that are in force for one command and all its children. */
export interface Limited {
  /** Puts the command under them, before it can start anything. */
  prelude: Prelude
  /** Ends what is left, and takes the limits away. Tells how many processes were left and what all of them used. */
  close(): Promise<{ leftovers: number; used: ResourceUse | null }>
}

/** By what limits would hold here, and which of those asked for would not. */
export async function enforcement(
  limits: ResourceLimits,
): Promise<{ by: Enforcer; missing: (keyof ResourceLimits)[] }> {
  const bases = await cgroupBases()
  const asked = (['memoryBytes', 'cpus', 'processes'] as const).filter(name => limits[name] !== undefined)
  const missing = asked.filter(name => !baseFor(controllerOf[name], bases))
  if (missing.length < asked.length)
    return { by: bases.some(isLimiting(2)) ? 'cgroup-v2' : 'cgroup-v1', missing }
  const prlimit = asked.includes('memoryBytes') && findProgram('prlimit', ownPath()) !== null
  return prlimit
    ? { by: 'rlimit', missing: asked.filter(name => name !== 'memoryBytes') }
    : { by: 'none', missing: asked }
}

const controllerOf = { memoryBytes: 'memory', cpus: 'cpu', processes: 'pids' } as const

const isLimiting =
  (version: 1 | 2) =>
  (base: Base): boolean =>
    base.version === version && base.controllers.some(name => name !== 'kill')

function baseFor(controller: Controller, bases: readonly Base[]): Base | null {
  return bases.find(base => base.controllers.includes(controller)) ?? null
}

/**
 * Puts limits in force for a command that is about to start; what cannot be enforced is left out. A `contained` command ends
 * all of its processes with itself.
 */
export async function limit(limits: ResourceLimits, contained: boolean): Promise<Limited> {
  return contained && !isAsked(limits) ? capped() : limitedAnew(limits)
}

/** Whether any limit is asked for; there is one to processes without. */
function isAsked(limits: ResourceLimits): boolean {
  return Object.values(limits).some(limit => limit !== undefined)
}

/** Groups that only cap the number of processes, made before and free again: making one costs more than most commands. */
const spare: Cap[] = []

interface Cap {
  group: string
  /** How often it had refused one before the command that is in it now. */
  refusals: number
}

async function capped(): Promise<Limited> {
  const cap = spare.pop() ?? (await makeCap())
  if (cap === null)
    return { prelude: { namespaces: [], lines: [] }, close: async () => ({ leftovers: 0, used: null }) }
  return {
    prelude: { namespaces: [], lines: entering([cap.group]) },
    async close() {
      const refusals = (await refusalsIn(cap.group)) ?? cap.refusals
      const processRefusals = refusals - cap.refusals
      spare.push({ ...cap, refusals })
      return { leftovers: 0, used: processRefusals === 0 ? null : { ...nothingKnown, processRefusals } }
    },
  }
}

const nothingKnown: ResourceUse = {
  peakMemoryBytes: null,
  cpuMs: null,
  memoryKills: null,
  processRefusals: null,
}

/** How often a group has refused a new process. */
async function refusalsIn(group: string): Promise<number | null> {
  return numberIn(await readIfAny(join(group, 'pids.events')), /^max (\d+)/m)
}

async function makeCap(): Promise<Cap | null> {
  const base = baseFor('pids', await cgroupBases())
  if (base === null) return null
  const group = join(base.folder, await newGroupName())
  await mkdir(group)
  await writeFile(join(group, 'pids.max'), String(mostProcesses))
  removeAtExit(group)
  return { group, refusals: 0 }
}

async function limitedAnew(limits: ResourceLimits): Promise<Limited> {
  const bases = neededBases(limits, await cgroupBases())
  const name = await newGroupName()
  const groups = new Map(bases.map(base => [base, join(base.folder, name)]))
  for (const group of groups.values()) await mkdir(group)
  const groupOf = (controller: Controller): { group: string; version: 1 | 2 } | null => {
    const base = baseFor(controller, bases)
    return base ? { group: groups.get(base) ?? '', version: base.version } : null
  }

  const memory = groupOf('memory')
  if (memory && limits.memoryBytes !== undefined) {
    const bytes = String(Math.ceil(limits.memoryBytes))
    const files =
      memory.version === 2
        ? [
            ['memory.max', bytes],
            ['memory.swap.max', '0'],
          ]
        : [
            ['memory.limit_in_bytes', bytes],
            ['memory.memsw.limit_in_bytes', bytes],
          ]
    await setFirst(memory.group, files)
  }
  const cpu = groupOf('cpu')
  if (cpu && limits.cpus !== undefined) {
    const quota = String(Math.ceil(limits.cpus * 100_000))
    const file = cpu.version === 2 ? 'cpu.max' : 'cpu.cfs_quota_us'
    await writeFile(join(cpu.group, file), cpu.version === 2 ? `${quota} 100000` : quota)
  }
  const processes = groupOf('pids')
  if (processes) await writeFile(join(processes.group, 'pids.max'), String(limits.processes ?? mostProcesses))

  return {
    prelude: {
      namespaces: [],
      lines: [...entering([...groups.values()]), ...(memory ? [] : await rlimits(limits))],
    },
    async close() {
      const processRefusals = processes ? await refusalsIn(processes.group) : null
      // Nothing new can start while the rest is ended.
      if (processes) await writeFile(join(processes.group, 'pids.max'), '0')
      const ended = await Promise.all([...groups.values()].map(endGroup))
      const used =
        groups.size === 0 ? null : { ...(await usedBy(memory, cpu, groupOf('cpuacct'))), processRefusals }
      await Promise.all([...groups.values()].map(removeGroup))
      return { leftovers: Math.max(0, ...ended), used }
    },
  }
}

/** Each costs a moment: without a wish there is one against too many processes, else those that count, too. */
function neededBases(limits: ResourceLimits, bases: readonly Base[]): Base[] {
  const controllers: Controller[] = [
    baseFor('pids', bases) ? 'pids' : 'kill',
    ...(isAsked(limits) ? (['memory', 'cpuacct'] as const) : []),
    ...(limits.cpus === undefined ? [] : (['cpu'] as const)),
  ]
  const needed = controllers.map(controller => baseFor(controller, bases)).filter(base => base !== null)
  return [...new Set(needed)]
}

/** The first must be there; the others (swap) need not. */
async function setFirst(group: string, [first, ...others]: readonly string[][]): Promise<void> {
  const set = ([file = '', value = '']: readonly string[] = []): Promise<void> =>
    writeFile(join(group, file), value, { flag: 'r+' })
  await set(first)
  for (const other of others) await set(other).catch(() => undefined)
}

function entering(groups: readonly string[]): string[] {
  return groups.map(group => `echo $$ >${shellWord(join(group, 'cgroup.procs'))}`)
}

/** For each process alone. The number of processes would be counted over all that the user runs, so it is left out. */
async function rlimits({ memoryBytes }: ResourceLimits): Promise<string[]> {
  const prlimit = memoryBytes === undefined ? null : findProgram('prlimit', ownPath())
  return prlimit === null ? [] : [`${shellWord(prlimit)} --pid $$ --data=${Math.ceil(memoryBytes ?? 0)}`]
}

type Group = { group: string; version: 1 | 2 } | null

async function usedBy(
  memory: Group,
  cpu: Group,
  cpuacct: Group,
): Promise<Omit<ResourceUse, 'processRefusals'>> {
  const peak = memory ? (memory.version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes') : null
  const events = memory ? (memory.version === 2 ? 'memory.events' : 'memory.oom_control') : null
  return {
    peakMemoryBytes: memory && peak ? numberIn(await readIfAny(join(memory.group, peak)), /^(\d+)/) : null,
    memoryKills:
      memory && events ? numberIn(await readIfAny(join(memory.group, events)), /^oom_kill (\d+)/m) : null,
    cpuMs: await cpuMsOf(cpu, cpuacct),
  }
}

async function cpuMsOf(cpu: Group, cpuacct: Group): Promise<number | null> {
  if (cpu?.version === 2) {
    const microseconds = numberIn(await readIfAny(join(cpu.group, 'cpu.stat')), /^usage_usec (\d+)/m)
    return microseconds === null ? null : microseconds / 1e3
  }
  const nanoseconds = cpuacct
    ? numberIn(await readIfAny(join(cpuacct.group, 'cpuacct.usage')), /^(\d+)/)
    : null
  return nanoseconds === null ? null : nanoseconds / 1e6
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

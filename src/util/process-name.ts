import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Whether a named process runs. `unknown`: it belongs to another boot of this machine, another machine or another
 * container, and cannot be seen from here.
 */
export type Liveness = 'alive' | 'dead' | 'unknown'

let own: Promise<string> | null = null

/**
 * Text that no other process has, nor had, nor will have: process id, start time, boot and process-id namespace, joined by
 * dashes. Fit for a file name.
 */
export function ownProcessName(): Promise<string> {
  own ??= Promise.all([startOf(process.pid), bootAndNamespace()]).then(
    ([start, rest]) => `${process.pid}-${start ?? '0'}-${rest}`,
  )
  return own
}

/** Whether the process of a name runs. A name that is none is `unknown`. */
export async function livenessOf(name: string): Promise<Liveness> {
  const [pid, start, boot, namespace] = name.split('-')
  if (!/^[1-9]\d{0,9}$/.test(pid ?? '') || namespace === undefined) return 'unknown'
  if (`${boot}-${namespace}` !== (await bootAndNamespace())) return 'unknown'
  return (await startOf(Number(pid))) === start ? 'alive' : 'dead'
}

/** When a process started, in a form of the operating system's own; null if there is no such process. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => null)
    if (stat === null) return null
    // "pid (name) state …", the start is field 22: the name may hold anything, so count from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  }
  const listed = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => null)
  return listed?.stdout.replace(/\W/g, '') || null
}

async function bootAndNamespace(): Promise<string> {
  if (process.platform !== 'linux') return '0-0'
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => '0')
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '0')
  return `${boot.replace(/\W/g, '').slice(0, 12)}-${namespace.replace(/\D/g, '')}`
}

import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

/** An argument of `sleep` that no other process of the machine has. */
export function sleepMarker(): string {
  return `86400.${String(Math.floor(Math.random() * 1e12)).padStart(12, '0')}`
}

/** Processes that are `sleep MARKER`, whatever they did to their session, parents and environment. */
export function sleepers(markers: ReadonlySet<string>): number {
  return processes().filter(pid => {
    const [program, marker, rest] = argumentsOf(pid)
    return program !== undefined && marker !== undefined && rest === '' && markers.has(marker)
  }).length
}

/** Waits until `holds`, and returns how long that took in milliseconds; null if it never did. */
export async function waitUntil(holds: () => boolean, timeoutMs = 60_000): Promise<number | null> {
  const start = performance.now()
  while (!holds()) {
    if (performance.now() - start > timeoutMs) return null
    await delay(1)
  }
  return performance.now() - start
}

/** Resident memory in bytes of all processes that run this Node with the given word among their arguments. */
export function residentBytes(word: string): number {
  const ours = processes().filter(
    pid => programOf(pid) === process.execPath && argumentsOf(pid).includes(word),
  )
  return ours.reduce((sum, pid) => sum + kilobytesOf(pid, 'VmRSS') * 1024, 0)
}

function processes(): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name))
}

/** With an empty one at the end; empty for a process that has ended. */
function argumentsOf(pid: string): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0')
}

function kilobytesOf(pid: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
}

function programOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return null
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A command with all that it started. A process that leaves the group (`setsid`, a double fork) is still found by the
 * marker variable that it inherited. One that leaves the group *and* clears its environment is not found; where there is
 * no /proc (macOS, Windows) the group is all that is known.
 */
export interface ProcessTree {
  /** Id of the first process, which leads the group. */
  group: number
  /** Value of the marker variable; processes started by a nested run of ours have it as the first part of theirs. */
  mark: string
}

/** Name of the variable by which the children of a command are found. */
export const markVariable = 'AGENT_EVAL_MARK'

/** The part of the marker that all commands of this process share. */
export const ownMark = [process.env[markVariable], randomBytes(12).toString('hex')].filter(Boolean).join('.')

/** A marker for one command: random, so that no other process has it by chance. */
export function newMark(): string {
  return `${ownMark}.${randomBytes(8).toString('hex')}`
}

/** Whether running processes can be found by their environment. */
export const canFindByMark = process.platform === 'linux' && existsSync('/proc/self/environ')

/** Sends a signal to a process group; a group that is gone is no error. */
export function signalGroup(group: number, signal: NodeJS.Signals): void {
  signalProcess(process.platform === 'win32' ? group : -group, signal)
}

/** Waits until no process of the group runs, at most `limitMs`. */
export async function waitForGroup(group: number, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs
  while (performance.now() < deadline) {
    const alive = canFindByMark
      ? (await nextScan()).running.some(entry => entry.group === group)
      : answers(-group)
    if (!alive) return
    await delay(50)
  }
}

/** Two looks at a quiet machine; more where processes came and went while we looked, one of which may have been ours. */
const enoughProof = 10

/**
 * Ends with SIGKILL whatever still runs of a tree, until enough looks in a row found nothing, at most `limitMs`. Returns how
 * many processes there were.
 */
export async function sweep(tree: ProcessTree, limitMs = 5000): Promise<number> {
  if (!canFindByMark) return sweepGroup(tree.group)
  const found = new Set<number>()
  const deadline = performance.now() + limitMs
  for (let proof = 0; proof < enoughProof && performance.now() < deadline;) {
    const { running, unclear } = await nextScan(tree)
    const alive = running.filter(entry => belongs(entry, tree))
    for (const { pid } of alive) found.add(pid)
    proof = alive.length > 0 ? 0 : proof + (unclear ? 1 : enoughProof / 2)
    if (alive.length > 0) await delay(5)
  }
  return found.size
}

const live = new Set<ProcessTree>()

/** From now on `killAll` ends this tree, too. */
export function remember(tree: ProcessTree): void {
  live.add(tree)
}

export function forget(tree: ProcessTree): void {
  live.delete(tree)
}

/** Ends all commands that still run, at once and without waiting: the last act of a process that is about to exit. */
export function killAll(): void {
  for (const tree of live) signalGroup(tree.group, 'SIGKILL')
  if (live.size === 0 || !canFindByMark) return
  // More than one look, for a process that was just being started during the first.
  for (let look = 0; look < 3; look++) scan(entry => hasMark(entry, ownMark))
}

async function sweepGroup(group: number): Promise<number> {
  if (process.platform === 'win32' || !answers(-group)) return 0
  signalGroup(group, 'SIGKILL')
  await waitForGroup(group, 5000)
  return 1
}

interface Running {
  pid: number
  group: number
  mark: string | null
}

function belongs(entry: Running, tree: ProcessTree): boolean {
  return entry.group === tree.group || hasMark(entry, tree.mark)
}

function hasMark(entry: Running, mark: string): boolean {
  return entry.mark === mark || (entry.mark?.startsWith(`${mark}.`) ?? false)
}

interface Scan {
  running: Running[]
  /** Whether some process was too new or too short-lived to be read. */
  unclear: boolean
}

let pendingScan: Promise<Scan> | null = null
let doomed: ProcessTree[] = []

/** A scan that starts after this call; all who ask before it starts share it. It ends what it sees of the tree to `kill`. */
function nextScan(kill?: ProcessTree): Promise<Scan> {
  if (kill) doomed.push(kill)
  pendingScan ??= new Promise(resolve => {
    setImmediate(() => {
      const trees = doomed
      pendingScan = null
      doomed = []
      resolve(scan(entry => trees.some(tree => belongs(entry, tree))))
    })
  })
  return pendingScan
}

let seenBefore = new Set<number>()

/**
 * All processes that we may look at, without those that have ended and only wait for their parent. Those that are to be
 * killed are killed as soon as they are seen, the youngest first: it may be about to start the next one.
 */
function scan(isDoomed: (entry: Running) => boolean): Scan {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && pid !== process.pid)
  const result: Scan = { running: [], unclear: false }
  for (const pid of pids.sort((a, b) => b - a)) {
    // "pid (name) state parent group …": the name may hold anything, so what follows counts from the last bracket.
    const stat = readIfThere(`/proc/${pid}/stat`).toString('latin1')
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const environment = readIfThere(`/proc/${pid}/environ`)
    const mark = markIn(environment)
    // Also empty for a moment while a process turns into another program.
    if (environment.length === 0 && !seenBefore.has(pid)) result.unclear = true
    if (!group || state === 'Z' || state === 'X') continue
    const entry = { pid, group: Number(group), mark }
    if (isDoomed(entry)) signalProcess(pid, 'SIGKILL')
    result.running.push(entry)
  }
  seenBefore = new Set(pids)
  return result
}

const markStart = Buffer.from(`${markVariable}=`)

function markIn(environment: Buffer): string | null {
  let at = environment.indexOf(markStart)
  while (at > 0 && environment[at - 1] !== 0) at = environment.indexOf(markStart, at + 1)
  if (at < 0) return null
  const end = environment.indexOf(0, at)
  return environment.toString('latin1', at + markStart.length, end < 0 ? environment.length : end)
}

/** One for all: Node itself would take as much for each of these files, whose size the kernel does not tell, and each time. */
const piece = Buffer.allocUnsafeSlow(64 * 1024)

/** To be used up before the next call. Empty for a process that has ended meanwhile or that belongs to somebody else. */
function readIfThere(path: string): Buffer {
  let file: number | null = null
  try {
    file = openSync(path, 'r')
    const first = piece.subarray(0, readSync(file, piece))
    // Nearly none is longer.
    return first.length < piece.length ? first : Buffer.concat([first, readFileSync(file)])
  } catch (error) {
    if (error instanceof Error && 'code' in error) return Buffer.alloc(0)
    throw error
  } finally {
    if (file !== null) closeSync(file)
  }
}

/** Sends a signal; false if the process is gone, or out of reach. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    // ESRCH: it is gone, which is what was wanted. EPERM: it has changed its user, and we cannot reach it.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

function answers(pid: number): boolean {
  return signalProcess(pid, 0)
}

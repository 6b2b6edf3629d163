import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { statSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { InfraError } from '../errors.ts'
import type { ExecRequest, ExecResult } from '../contracts.ts'
import { findProgram } from './find-program.ts'
import { limit, type Limited } from './limits.ts'
import { withPrelude, type Prelude } from './prelude.ts'
import { followLines, openOutputs, type OutputFiles } from './output.ts'
import {
  forget,
  markVariable,
  newMark,
  remember,
  signalGroup,
  sweep,
  waitForGroup,
  type ProcessTree,
} from './process-tree.ts'
import { endChildrenWithUs } from './survivors.ts'

const defaultMaxOutputBytes = 64 * 1024 * 1024
const pollMs = 50
/** Between the request to end (SIGTERM) and the end (SIGKILL). */
const graceMs = 2000

export interface ExecOptions {
  /** The command ends all of its processes with itself, as a process namespace does: none has to be looked for. */
  contained?: boolean
  /** What is done first, in the place of the command. */
  prelude?: Prelude
  /** Gets the process with a channel of Node's at file descriptor 3, named by NODE_CHANNEL_FD. */
  onChannel?: (child: ChildProcess) => void
}

/**
 * Runs a command on this machine as it is. Output goes straight to files and is never held in memory; the clock is
 * monotonic. Throws InfraError where nothing could be started at all: no such working directory, no process or file handles
 * left, arguments too long.
 */
export async function exec(request: ExecRequest, how: ExecOptions = {}): Promise<ExecResult> {
  requireFolder(request.cwd)
  const outputs = openOutputs(request.stdout, request.stderr)
  try {
    if (request.signal?.aborted) return notRun('aborted')
    const limited = await limitsFor(request, how)
    let result: ExecResult
    let rest: Awaited<ReturnType<Limited['close']>> | undefined
    try {
      result = await run(request, how, outputs, limited)
    } finally {
      rest = await limited?.close()
    }
    if (!rest) return result
    const leftovers = result.leftovers === null ? null : result.leftovers + rest.leftovers
    return { ...result, leftovers, used: rest.used }
  } finally {
    outputs.close()
  }
}

async function run(
  request: ExecRequest,
  how: ExecOptions,
  outputs: OutputFiles,
  limited: Limited | null,
): Promise<ExecResult> {
  const { onLine, maxOutputBytes = defaultMaxOutputBytes } = request
  // Before the start: what the command writes first is also a line.
  const lines = onLine ? followLines(outputs.stdout, maxOutputBytes, onLine) : null
  const mark = newMark()
  const child = await start(request, how, outputs, mark, limited)
  if (child?.pid === undefined) return notRun('not-found')
  how.onChannel?.(child)
  endChildrenWithUs()
  const tree = { group: child.pid, mark }
  remember(tree)
  try {
    const { contained = false } = how
    return await supervise(child, tree, { ...request, maxOutputBytes, contained }, outputs, lines)
  } finally {
    forget(tree)
  }
}

type End = ExecResult['end']

function notRun(end: End): ExecResult {
  return { end, exitCode: null, signal: null, durationMs: 0, leftovers: 0 }
}

async function supervise(
  child: ChildProcess,
  tree: ProcessTree,
  {
    timeoutMs,
    maxOutputBytes,
    stop,
    signal,
    contained,
  }: Pick<ExecRequest, 'timeoutMs' | 'stop' | 'signal'> & { maxOutputBytes: number; contained: boolean },
  outputs: OutputFiles,
  lines: ReturnType<typeof followLines> | null,
): Promise<ExecResult> {
  const started = performance.now()
  const exited = new Promise<{ code: number | null; signal: string | null }>(resolve =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  )

  let ended: End | null = null
  let bug: unknown = null
  let hardEnd: NodeJS.Timeout | undefined
  const end = (reason: End): void => {
    if (ended !== null) return
    ended = reason
    // Politeness would only let a flood go on.
    signalGroup(tree.group, reason === 'output-limit' ? 'SIGKILL' : 'SIGTERM')
    hardEnd = setTimeout(() => signalGroup(tree.group, 'SIGKILL'), graceMs)
  }
  const watch = (): void => {
    try {
      if (lines && !lines.read()) end('limit')
    } catch (error) {
      bug = error
      end('aborted')
    }
    if (outputs.size() > maxOutputBytes) end('output-limit')
    if (performance.now() - started >= timeoutMs) end('timeout')
  }
  const onAbort = (): void => end('aborted')
  const onStop = (): void => end('limit')
  signal?.addEventListener('abort', onAbort)
  stop?.addEventListener('abort', onStop)
  if (signal?.aborted) onAbort()
  if (stop?.aborted) onStop()
  const poll = setInterval(watch, pollMs)
  const exit = await exited.finally(() => {
    clearInterval(poll)
    clearTimeout(hardEnd)
    signal?.removeEventListener('abort', onAbort)
    stop?.removeEventListener('abort', onStop)
  })
  const durationMs = performance.now() - started

  if (ended !== null) {
    // Its children get the rest of the time that it had for ending.
    await waitForGroup(tree.group, graceMs)
    signalGroup(tree.group, 'SIGKILL')
    await waitForGroup(tree.group, graceMs)
  }
  // Looking for them costs more than everything else that is done for a command that ended by itself.
  const leftovers = contained && ended === null ? null : await sweep(tree)
  child.stdin?.destroy()

  if (bug !== null) throw bug
  if (lines && !lines.end()) ended ??= 'limit'
  if (outputs.size() > maxOutputBytes) {
    ended ??= 'output-limit'
    outputs.cut(maxOutputBytes)
  }
  const how = ended ?? (exit.signal === null ? 'exited' : 'signalled')
  return {
    end: how,
    exitCode: how === 'exited' ? exit.code : null,
    signal: how === 'signalled' ? exit.signal : null,
    durationMs,
    leftovers,
  }
}

/** Null if there is no such program. */
async function start(
  request: ExecRequest,
  how: ExecOptions,
  outputs: OutputFiles,
  mark: string,
  limited: Limited | null,
): Promise<ChildProcess | null> {
  const preludes = [limited?.prelude, how.prelude].filter(prelude => prelude !== undefined)
  const { file, args, ...platform } = behind(preludes, commandLine(request.command))
  const options: SpawnOptions = {
    ...platform,
    cwd: request.cwd,
    env: { ...request.env, [markVariable]: mark },
    detached: true,
    windowsHide: true,
    stdio: [
      request.stdin === undefined ? 'ignore' : 'pipe',
      outputs.stdout,
      outputs.stderr,
      ...(how.onChannel ? ['ipc' as const] : []),
    ],
  }
  try {
    const child = spawn(file, args, options)
    const failed = new Promise<Error>(resolve => child.once('error', resolve))
    if (child.pid === undefined) throw await failed
    // A program need not read its input: EPIPE is none of our business.
    child.stdin?.on('error', () => child.stdin?.destroy())
    feed(child.stdin, request.stdin)
    return child
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR' || code === 'ENOEXEC') return null
    throw cannotStart(file, error, code)
  }
}

function feed(input: ChildProcess['stdin'], what: ExecRequest['stdin']): void {
  if (typeof what !== 'function') input?.end(what)
  else what({ write: text => void (input?.writable && input.write(text)), end: () => void input?.end() })
}

/** Null without a wish, and for a program that is not there: what would limit it could only say so in its own words. */
async function limitsFor(
  { limits, command, env, cwd }: ExecRequest,
  { contained = false }: ExecOptions,
): Promise<Limited | null> {
  if (!limits) return null
  const isThere = typeof command === 'string' || findProgram(command[0] ?? '', env['PATH'] ?? '', cwd)
  return isThere ? limit(limits, contained) : null
}

function behind(
  preludes: readonly Prelude[],
  line: ReturnType<typeof commandLine>,
): ReturnType<typeof commandLine> {
  const [file = '', ...args] = withPrelude(preludes, [line.file, ...line.args])
  return { ...line, file, args }
}

function commandLine(command: ExecRequest['command']): { file: string; args: string[] } & SpawnOptions {
  if (typeof command !== 'string') return { file: command[0] ?? '', args: command.slice(1) }
  if (process.platform !== 'win32') return { file: '/bin/sh', args: ['-c', command] }
  return {
    file: process.env.COMSPEC ?? 'cmd.exe',
    args: ['/d', '/s', '/c', `"${command}"`],
    windowsVerbatimArguments: true,
  }
}

function cannotStart(file: string, error: unknown, code: unknown): InfraError {
  const why = error instanceof Error ? error.message : String(error)
  const hint = code === 'E2BIG' ? '; its arguments or environment are too long: pass long text in a file' : ''
  const transient = code === 'EAGAIN' || code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM'
  return new InfraError(`cannot start ${file}: ${why}${hint}`, { transient, cause: error })
}

function requireFolder(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InfraError(`cannot run a command in ${path}: there is no such folder`)
  }
}

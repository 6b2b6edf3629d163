import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InfraError } from '../errors.ts'
import { fixedSettings, privateEnvironment, privateSettings, userEnvironment } from './git-environment.ts'
import { markVariable, ownMark, signalGroup } from './process-tree.ts'
import { endChildrenWithUs } from './survivors.ts'

/** The one way in which this program runs git: an argument list and no shell, and nothing of the user unless asked for. */
export interface GitOptions {
  /** Never found by looking around. Null only for commands that need none: `init`, `ls-remote`. */
  gitDir: string | null
  /** Also the working directory of git. */
  workTree?: string
  /** Variables that git itself understands, like GIT_INDEX_FILE. */
  env?: Record<string, string>
  input?: string | Uint8Array | Readable
  /**
   * Runs with the user's own environment and git configuration (credentials, proxies, insteadOf, safe.directory). Only for
   * talking to a remote; never with a work tree.
   */
  userConfig?: boolean
  /** Default 10 minutes; then git and all that it started are ended. */
  timeoutMs?: number
  /** Largest stdout in bytes, default 512 MiB. */
  maxOutputBytes?: number
  /** Takes stdout as it comes; then none is kept. Gives a reason to end git, or nothing. */
  onStdout?: (chunk: Buffer) => string | null | void
  /** The command line that runs another one where the work tree can be seen. */
  within?: (argv: readonly string[]) => string[]
}

export interface GitResult {
  exitCode: number
  stdout: Buffer
  stderr: string
}

/** git said no, or did not end in time. */
export class GitError extends InfraError {
  override name = 'GitError'
  readonly stderr: string

  constructor(message: string, stderr: string, options: { transient?: boolean } = {}) {
    super(message, options)
    this.stderr = stderr
  }
}

const live = new Set<number>()
process.on('exit', () => live.forEach(group => signalGroup(group, 'SIGKILL')))

const maxStderrBytes = 64 * 1024

/** Runs git to its end, whatever its exit code. Throws GitError if it cannot start, takes too long or says too much. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const { timeoutMs = 600_000, maxOutputBytes = 512 * 1024 * 1024 } = options
  const child = start(args, options)
  const chunks: Buffer[] = []
  let stderr = Buffer.alloc(0)
  let size = 0
  let stopped: string | null = null
  const stop = (reason: string): void => {
    stopped ??= reason
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  child.stdout.on('data', (chunk: Buffer) => {
    if (options.onStdout) {
      const reason = options.onStdout(chunk)
      if (typeof reason === 'string') stop(reason)
      return
    }
    size += chunk.length
    if (size > maxOutputBytes) stop(`printed more than ${maxOutputBytes} bytes`)
    else chunks.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-maxStderrBytes)
  })
  const timer = setTimeout(stop, timeoutMs, `did not end within ${Math.round(timeoutMs / 1000)} s`)
  try {
    const [exitCode, inputError] = await Promise.all([
      ended(child, workingFolder(options)),
      feed(child, options.input),
    ])
    const said = stderr.toString('utf8')
    if (stopped !== null) throw failure(args, options, stopped, said)
    if (inputError) throw inputError
    if (exitCode === null) throw failure(args, options, 'was killed', said)
    return { exitCode, stdout: Buffer.concat(chunks), stderr: said }
  } finally {
    clearTimeout(timer)
    if (child.pid !== undefined) live.delete(child.pid)
  }
}

/** Stdout of a git command. Throws GitError, with what git said, if it fails. */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const result = await runGit(args, options)
  if (result.exitCode !== 0) throw failed(args, options, result)
  return result.stdout
}

/** The same as text, without the line end at its end. */
export async function gitText(args: readonly string[], options: GitOptions): Promise<string> {
  return (await git(args, options)).toString('utf8').replace(/\n$/, '')
}

/** The error for a result that the caller finds wrong. */
export function failed(args: readonly string[], options: GitOptions, result: GitResult): GitError {
  return failure(args, options, `failed with exit code ${result.exitCode}`, result.stderr)
}

/** Splits `-z` output. Paths come as one character a byte, so that any file name survives. */
export function splitZ(output: Buffer): string[] {
  return output.toString('latin1').split('\0').slice(0, -1)
}

/** The other way, for `-z --stdin`. */
export function joinZ(paths: readonly string[]): Buffer {
  return Buffer.from(paths.map(path => `${path}\0`).join(''), 'latin1')
}

/** Hides passwords and tokens in URLs. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/(https?:\/\/)[^/@\s'"]+@/g, '$1***@')
    .replace(/(\/\/[^/@\s:'"]*):[^/@\s'"]*@/g, '$1:***@')
}

function start(args: readonly string[], options: GitOptions): ChildProcessWithoutNullStreams {
  const all = [
    ...(options.gitDir === null ? [] : [`--git-dir=${options.gitDir}`]),
    ...(options.workTree === undefined ? [] : [`--work-tree=${options.workTree}`]),
    ...fixedSettings.flatMap(setting => ['-c', setting]),
    ...(options.userConfig ? [] : privateSettings.flatMap(setting => ['-c', setting])),
    ...args,
  ]
  const env = {
    ...(options.userConfig ? userEnvironment() : privateEnvironment()),
    ...options.env,
    [markVariable]: ownMark,
  }
  // Should we be killed, git ends too: it must not go on where another process then takes over.
  endChildrenWithUs()
  // A group of its own: all of it can be ended, and there is no terminal on which ssh could ask for a password.
  const [program = '', ...rest] = options.within?.(['git', ...all]) ?? ['git', ...all]
  const child = spawn(program, rest, { cwd: workingFolder(options), env, detached: true })
  if (child.pid !== undefined) live.add(child.pid)
  return child
}

function workingFolder(options: GitOptions): string {
  return options.workTree ?? options.gitDir ?? '/'
}

/** Exit code, or null if a signal ended it. Does not wait for a helper that outlives git and holds its output open. */
function ended(child: ChildProcessWithoutNullStreams, folder: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') reject(error)
      else if (!existsSync(folder))
        reject(new GitError(`cannot run git in ${folder}: there is no such folder`, ''))
      else reject(new GitError('the program "git" was not found: install git 2.32 or later, on the PATH', ''))
    })
    child.once('close', resolve)
    child.once('exit', () => {
      setTimeout(() => {
        child.stdout.destroy()
        child.stderr.destroy()
      }, 2000).unref()
    })
  })
}

/** Returns what went wrong with the input itself; that git stopped reading is told by its exit code. */
async function feed(
  child: ChildProcessWithoutNullStreams,
  input: GitOptions['input'],
): Promise<Error | null> {
  const source = input instanceof Readable ? input : Readable.from(input === undefined ? [] : [input])
  try {
    await pipeline(source, child.stdin)
    return null
  } catch (error) {
    const ignored = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']
    if (error instanceof Error && 'code' in error && ignored.includes(String(error.code))) return null
    return error instanceof Error ? error : new Error(String(error))
  }
}

const passing =
  /could not resolve|timed out|failed to connect|couldn't connect|connection|early EOF|RPC failed|HTTP (429|5\d\d)|hung up|did not end/i

function failure(args: readonly string[], options: GitOptions, what: string, stderr: string): GitError {
  const command = withoutCredentials(['git', ...args].join(' ')).slice(0, 300)
  const where = options.workTree ?? options.gitDir
  const said = withoutCredentials(stderr).trimEnd().split('\n').slice(-20).join('\n')
  const transient = options.userConfig === true && passing.test(`${what}\n${stderr}`)
  return new GitError(
    `"${command}" ${what}${where === null ? '' : ` in ${where}`}${said === '' ? '' : `:\n${said}`}`,
    said,
    { transient },
  )
}

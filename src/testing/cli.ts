import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import { onTestFinished } from 'vitest'

const program = join(import.meta.dirname, '../../dist/cli.js')

export interface CliResult {
  exitCode: number
  stdout: string
  stderr: string
}

type Started = ResultPromise<{ reject: false; stdin: 'ignore' }>

/** A private place for one test: a folder to stand in, and a cache and a work folder that no other test knows. */
export interface Place {
  path: string
  env: Record<string, string>
  /** Writes files below the folder. */
  write(files: Record<string, string>): Promise<void>
  /** Runs the built program in the folder. */
  run(...args: string[]): Promise<CliResult>
  /** The same while it goes on. */
  start(...args: string[]): Started
  git(...args: string[]): Promise<string>
}

/** Taken away after the test. With `git` it is a repository with one commit. */
export async function place(files: Record<string, string> = {}): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'agent-eval-test-'))
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  const path = join(root, 'project')
  const env = {
    AGENT_EVAL_CACHE: join(root, 'cache'),
    AGENT_EVAL_WORK: join(root, 'work'),
    NO_COLOR: '1',
    CI: '',
    GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const write = async (wanted: Record<string, string>): Promise<void> => {
    for (const [name, text] of Object.entries(wanted)) {
      await mkdir(dirname(join(path, name)), { recursive: true })
      await writeFile(join(path, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
    }
  }
  await mkdir(path, { recursive: true })
  await writeFile(
    env.GIT_CONFIG_GLOBAL,
    '[user]\n  name = Tester\n  email = tester@example.test\n[init]\n  defaultBranch = main\n',
  )
  await write(files)
  const start = (...args: string[]): Started =>
    execa('node', [program, ...args], { cwd: path, env, reject: false, stdin: 'ignore' })
  return {
    path,
    env,
    write,
    start,
    async run(...args) {
      const { exitCode, stdout, stderr } = await start(...args)
      return { exitCode: exitCode ?? -1, stdout, stderr }
    },
    async git(...args) {
      const { stdout } = await execa('git', args, { cwd: path, env })
      return stdout
    },
  }
}

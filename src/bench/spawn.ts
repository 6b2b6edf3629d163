import { execFile, spawn, type SpawnOptions } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs a reference program as cheaply as this process can. Throws if it fails. */
export function run(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'ignore', ...options })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      code === 0
        ? resolve()
        : reject(new Error(`${[program, ...args].join(' ')}: ${signal ?? `exit code ${code}`}`)),
    )
  })
}

/** What a program prints. Throws with its complaint if it fails. */
export async function output(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 256 * 1024 * 1024, ...options })
  return stdout
}

import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'

export interface Script {
  /** Starts it once more; its output is for the caller to read. */
  start(...args: string[]): ChildProcess
  /** Starts it and waits for its end; rejects with its stderr if it fails. */
  run(...args: string[]): Promise<string>
  remove(): void
}

/** Makes a program of a few lines of TypeScript, which may import modules of `src` by `./`, to be run in processes of its own. */
export async function makeScript(
  contents: string,
  options: { uid?: number; gid?: number } = {},
): Promise<Script> {
  const folder = mkdtempSync(join(tmpdir(), 'script-'))
  const outfile = join(folder, 'script.mjs')
  const resolveDir = join(import.meta.dirname, '..')
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  chmodSync(folder, 0o755)
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  return {
    start,
    run: (...args) =>
      new Promise((resolve, reject) => {
        const child = start(...args)
        const output = { stdout: '', stderr: '' }
        child.stdout?.on('data', chunk => (output.stdout += String(chunk)))
        child.stderr?.on('data', chunk => (output.stderr += String(chunk)))
        child.on('close', code => (code === 0 ? resolve(output.stdout) : reject(new Error(output.stderr))))
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

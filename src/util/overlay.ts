import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { removeFolder } from './folders.ts'
import { isRoot } from './root.ts'
import { withPrelude, type Prelude } from './prelude.ts'
import { shellWord } from './shell.ts'

/** Folders that the kernel lays over each other, for one command alone. */
export interface Overlay {
  /** Where the command sees them: an empty folder, or the topmost one. */
  at: string
  /** The topmost first; never written to. */
  lower: readonly string[]
  /** Takes all changes. */
  upper: string
  /** An empty folder on the same file system, for the kernel. */
  work: string
}

/**
 * Set and not left to the kernel's defaults: they decide what the upper folder holds, which is read without a mount. Without
 * `redirect_dir` a program that renames a folder of the lower layer is told to copy it (EXDEV), as in a Docker container.
 */
const settings = 'index=off,xino=off,redirect_dir=nofollow,metacopy=off'

/**
 * Mounts overlays for a command that starts in the folder `cwd`. The mounts are in a namespace of their own: nobody else sees
 * them, and they are gone with the command's last process, however it ends. A user who is not root becomes it in a user
 * namespace, which gives no rights to anything but these mounts.
 */
export function mounting(overlays: readonly Overlay[], cwd: string): Prelude {
  if (overlays.length === 0) return { namespaces: [], lines: [] }
  const mounts = overlays.map(
    overlay =>
      `{ mount -n -t overlay overlay -o ${shellWord(optionsOf(overlay))} ${shellWord(overlay.at)} || ` +
      `{ : >${shellWord(failureOf(overlay))}; exit 1; }; }`,
  )
  const namespaces = isRoot() ? ['--mount'] : ['--user', '--map-root-user', '--mount']
  return { namespaces: ['unshare', ...namespaces, '--'], lines: [...mounts, `cd ${shellWord(cwd)}`] }
}

/** The command line that runs a program of ours where an overlay is mounted. */
export function mounted(overlay: Overlay, argv: readonly string[]): string[] {
  return withPrelude([mounting([overlay], overlay.at)], argv)
}

/** Throws InfraError if a command that has ended did not get its overlays, and so never ran. */
export function mustHaveMounted(overlays: readonly Overlay[]): void {
  const failed = overlays.find(overlay => existsSync(failureOf(overlay)))
  if (failed)
    throw new InfraError(`cannot mount the overlay at ${failed.at}; its complaint is in the command's stderr`)
}

/** Runs a program of ours in an overlay and returns what it printed. Throws InfraError with its complaint if it fails. */
export function runMounted(
  overlay: Overlay,
  argv: readonly string[],
  input: Uint8Array = new Uint8Array(),
): Promise<Buffer> {
  const [program = '', ...args] = mounted(overlay, argv)
  const options = { encoding: 'buffer' as const, maxBuffer: 256 * 1024 * 1024, timeout: 600_000 }
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout)
      const said = stderr.toString().trim().slice(-2000) || error.message
      reject(
        new InfraError(`cannot run ${argv[0]} in the overlay at ${overlay.at}: ${said}`, { cause: error }),
      )
    })
    child.stdin?.on('error', () => child.stdin?.destroy())
    child.stdin?.end(input)
  })
}

/** Whether a path can stand in the options of a mount. */
export function canBeLayer(path: string): boolean {
  return !/[,:\\]/.test(path)
}

/**
 * Tries whether overlays work with an upper folder below `root`. Null if so, else why not. The deleted file of the trial, a
 * character device 0:0, is kept at `whiteout`: links to it are deleted files, too.
 */
export async function whyNoOverlay(root: string, whiteout: string): Promise<string | null> {
  if (process.platform !== 'linux') return 'overlays are a part of Linux'
  const folder = await mkdtemp(join(root, 'overlay-probe-'))
  const [at, lower, upper, work] = ['at', 'lower', 'upper', 'work'].map(name => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ]
  try {
    await Promise.all([at, lower, upper, work].map(path => mkdir(path)))
    await writeFile(join(lower, 'below'), 'below')
    await runMounted({ at, lower: [lower], upper, work }, ['/bin/sh', '-c', 'rm below && echo above >above'])
    if ((await readFile(join(upper, 'above'), 'utf8')) !== 'above\n')
      return 'what is written does not come to the upper folder'
    await rename(join(upper, 'below'), whiteout)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await removeFolder(folder)
  }
}

function optionsOf({ lower, upper, work }: Overlay): string {
  const layers = `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work}`
  return `${layers},${settings}${isRoot() ? '' : ',userxattr'}`
}

/** Made where the mount fails: an exit code could be the command's own. */
function failureOf(overlay: Overlay): string {
  return `${overlay.work}.failed`
}

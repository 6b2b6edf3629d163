import { execFile } from 'node:child_process'
import { existsSync, lstatSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../errors.ts'
import { removeFolder } from './folders.ts'
import { isWhiteout } from './layers.ts'
import { isRoot } from './root.ts'
import { withPrelude, type Prelude } from './prelude.ts'
import { shellWord } from './shell.ts'

/** Folders that are laid over each other, for one command alone. */
export interface Overlay {
  /** Where the command sees them: an empty folder, or the topmost one. */
  at: string
  /** The topmost first; never written to. */
  lower: readonly string[]
  /** Takes all changes. */
  upper: string
  /** An empty folder on the same file system, for whoever lays them. */
  work: string
  /** Path of the program fuse-overlayfs where the kernel cannot do it itself; null = the kernel. */
  fuse: string | null
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
  const mounts = overlays.map(overlay =>
    overlay.fuse === null ? kernelMount(overlay) : fuseMount(overlay, overlay.fuse),
  )
  const namespaces = isRoot() ? ['--mount'] : ['--user', '--map-root-user', '--mount']
  return { namespaces: ['unshare', ...namespaces, '--'], lines: [...mounts, `cd ${shellWord(cwd)}`] }
}

function kernelMount(overlay: Overlay): string {
  const options = `${layersOption(overlay)},${settings}${isRoot() ? '' : ',userxattr'}`
  return `{ mount -n -t overlay overlay -o ${shellWord(options)} ${shellWord(overlay.at)} || ${failed(overlay)}; }`
}

/**
 * By a process that goes when the command does, however that ends: with the environment of nobody, so that it is not taken for
 * one of the command's, and outside of its group. What is written is in the upper folder at once. It has 10 s to begin.
 */
function fuseMount(overlay: Overlay, program: string): string {
  const [at, log] = [shellWord(overlay.at), shellWord(`${overlay.work}.log`)]
  const line = `${shellWord(program)} -f -o ${shellWord(`${layersOption(overlay)},writeback=0`)} ${at}`
  return (
    `{ env -i setsid setpriv --pdeathsig KILL -- ${line} </dev/null >${log} 2>&1 3>&- & ` +
    `left=1000; until mountpoint -q ${at}; do left=$((left - 1)); ` +
    `{ [ "$left" -gt 0 ] && kill -0 $! 2>/dev/null; } || { cat ${log} >&2; ${failed(overlay)}; }; sleep 0.01; done; rm -f ${log}; }`
  )
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
 * Tries whether overlays work with an upper folder below `root`, by the kernel or by the program `fuse`. Null if so, else why
 * not. The deleted file of the trial, a character device 0:0, is kept at `whiteout`: links to it are deleted files, too.
 */
export async function whyNoOverlay(
  root: string,
  whiteout: string,
  fuse: string | null = null,
): Promise<string | null> {
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
    await runMounted({ at, lower: [lower], upper, work, fuse }, [
      '/bin/sh',
      '-c',
      'rm below && echo above >above',
    ])
    if ((await readFile(join(upper, 'above'), 'utf8')) !== 'above\n')
      return 'what is written does not come to the upper folder'
    if (!isWhiteout(lstatSync(join(upper, 'below'), { throwIfNoEntry: false })))
      return 'what is deleted does not show in the upper folder'
    await rename(join(upper, 'below'), whiteout)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await removeFolder(folder)
  }
}

function layersOption({ lower, upper, work }: Overlay): string {
  return `lowerdir=${lower.join(':')},upperdir=${upper},workdir=${work}`
}

function failed(overlay: Overlay): string {
  return `{ : >${shellWord(failureOf(overlay))}; exit 1; }`
}

/** Made where the mount fails: an exit code could be the command's own. */
function failureOf(overlay: Overlay): string {
  return `${overlay.work}.failed`
}

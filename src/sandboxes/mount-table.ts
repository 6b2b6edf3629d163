import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Seen } from './seen.ts'

/** How a new root is furnished: what `mount --all` reads, and the places that must be there before. */
export interface MountTable {
  /** In the form of /etc/fstab. */
  text: string
  /** Folders and empty files below the new root. */
  folders: string[]
  files: string[]
}

const devices = ['null', 'zero', 'full', 'random', 'urandom', 'tty']
/** Of /proc what root could write to without any right; by core_pattern the kernel would run a program outside. */
const kernelSettings = ['sys', 'sysrq-trigger', 'irq', 'bus']
/** What a user namespace may not take off a mount that it inherited, so it has to be said again. */
const lasting = ['noexec']

/** The mounts that make a root at a path show what is seen, each at its own place, with /proc and a /dev of little. */
export function mountTable(root: string, seen: Seen): MountTable {
  const mounts = mountsHere()
  const lines: string[] = []
  const folders = ['/proc', '/dev/pts', '/dev/shm', '/tmp', '/mnt'].map(path => join(root, path))
  const files: string[] = []
  const add = (what: string, where: string, type: string, options: readonly string[]): void => {
    lines.push([escaped(what), escaped(join(root, where)), type, options.join(','), '0 0'].join(' '))
  }
  const bind = (path: string, options: readonly string[]): void => {
    ;(statSync(path).isDirectory() ? folders : files).push(join(root, path))
    add(path, path, 'none', [...options, ...(optionsOf(path, mounts) ?? [])])
  }

  add('proc', '/proc', 'proc', ['nosuid', 'nodev', 'noexec'])
  for (const name of kernelSettings.filter(name => existsSync(join('/proc', name))))
    add(join(root, 'proc', name), join('/proc', name), 'none', ['bind', 'ro', 'nosuid', 'nodev', 'noexec'])
  for (const name of devices) bind(join('/dev', name), ['bind'])
  add('devpts', '/dev/pts', 'devpts', ['newinstance', 'ptmxmode=0666', 'mode=620', 'nosuid', 'noexec'])
  files.push(join(root, '/dev/ptmx'))
  add(join(root, '/dev/pts/ptmx'), '/dev/ptmx', 'none', ['bind'])
  for (const path of seen.readOnly) {
    bind(path, ['rbind', 'ro', 'nosuid', 'nodev'])
    // Only the uppermost mount becomes read-only by the above: those below it are covered by ones that are.
    for (const { point, options } of mounts.filter(({ point }) => point.startsWith(`${path}/`)))
      if (existsSync(point)) add(point, point, 'none', ['bind', 'ro', 'nosuid', 'nodev', ...options])
  }
  for (const path of seen.writable) bind(path, ['rbind', 'nosuid', 'nodev'])
  return { text: lines.map(line => `${line}\n`).join(''), folders, files }
}

interface MountPoint {
  point: string
  options: string[]
}

/** The mounts that this process sees, in the order in which they cover each other. */
function mountsHere(): MountPoint[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const [, , , , point = '/', options = ''] = line.split(' ')
      return {
        point: point.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
          String.fromCharCode(Number.parseInt(octal, 8)),
        ),
        options: options.split(',').filter(option => lasting.includes(option)),
      }
    })
}

/** Those of the mount on which a path lies. */
function optionsOf(path: string, mounts: readonly MountPoint[]): string[] | null {
  const around = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
  return around.toSorted((a, b) => a.point.length - b.point.length).at(-1)?.options ?? null
}

function escaped(path: string): string {
  return path.replaceAll(/[\s\\#]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)
}

import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'

/** Where a program is that is named as in a command run in `cwd`; null if it is nowhere, or not executable. */
export function findProgram(name: string, path: string, cwd = process.cwd()): string | null {
  const places = /[/\\]/.test(name)
    ? [resolve(cwd, name)]
    : path.split(delimiter).map(folder => resolve(cwd, folder, name))
  return places.find(isProgram) ?? null
}

/** Where this program looks for its own tools, also those that are on the PATH of root only. Nothing that it runs can change it. */
export function ownPath(): string {
  return [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)
}

function isProgram(place: string): boolean {
  try {
    accessSync(place, constants.X_OK)
    return statSync(place).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

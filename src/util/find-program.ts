import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'

/** Where a program is that is named as in a command run in `cwd`; null if it is nowhere, or not executable. */
export async function findProgram(name: string, path: string, cwd = process.cwd()): Promise<string | null> {
  const places = /[/\\]/.test(name)
    ? [resolve(cwd, name)]
    : path.split(delimiter).map(folder => resolve(cwd, folder, name))
  for (const place of places) {
    const executable = await access(place, constants.X_OK).then(
      async () => (await stat(place)).isFile(),
      () => false,
    )
    if (executable) return place
  }
  return null
}

/** Where this program looks for its own tools, also those that are on the PATH of root only. Nothing that it runs can change it. */
export function ownPath(): string {
  return [process.env['PATH'], '/usr/sbin', '/sbin'].join(delimiter)
}

import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Where a program is that is named as in a command; null if it is nowhere, or not executable. */
export async function findProgram(name: string, path: string): Promise<string | null> {
  const places = /[/\\]/.test(name) ? [name] : path.split(delimiter).map(folder => join(folder, name))
  for (const place of places) {
    const executable = await access(place, constants.X_OK).then(
      async () => (await stat(place)).isFile(),
      () => false,
    )
    if (executable) return place
  }
  return null
}

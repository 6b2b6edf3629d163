import { dirname } from 'node:path'

/** The folders above one, the nearest first: what agents find there is no part of the workspace. */
export function foldersAbove(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [] : [above, ...foldersAbove(above)]
}

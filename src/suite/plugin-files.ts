import type { FileContent, FileTree } from '../model/files.ts'
import { targetPattern } from './names.ts'
import { readFile, type Reading } from './reading.ts'
import { blameKey, inside, valueAt, type Spot } from './spot.ts'
import { isMapping } from './guide.ts'
import { quoted } from './words.ts'

/**
 * Reads the suite files that a plug-in asks for, by the very paths that it asked with. A mistake is told where its entry
 * names the path. Undefined if there was one.
 */
export function readPluginFiles(
  paths: readonly string[],
  entry: Spot,
  reading: Reading,
): FileTree | undefined {
  const files = new Map<string, FileContent>()
  let isWrong = false
  for (const path of new Set(paths)) {
    const spot = findScalar(entry, path) ?? entry
    const content = readFile(path, spot, reading)
    if (content === undefined || isWrongTarget(spot, reading)) isWrong = true
    else files.set(path, content)
  }
  return isWrong ? undefined : Object.fromEntries(files)
}

/**
 * In plug-ins, too, a mapping from names to files of the suite says where in the workspace the files go (or gives them
 * plain names, which do no harm): a name that leads out of the workspace is wrong whatever the plug-in thinks of it.
 */
function isWrongTarget(spot: Spot, { mistakes }: Reading): boolean {
  const name = spot.path.at(-1)
  if (typeof name !== 'string' || targetPattern.test(name)) return false
  blameKey(
    mistakes,
    spot,
    () => `expected a path in the workspace, relative and without ".." and ".git", got ${quoted(name)}`,
  )
  return true
}

function findScalar(spot: Spot, wanted: string): Spot | null {
  const value = valueAt(spot)
  if (value === wanted) return spot
  const steps = Array.isArray(value) ? value.keys() : isMapping(value) ? Object.keys(value) : []
  for (const step of steps) {
    const found = findScalar(inside(spot, step), wanted)
    if (found) return found
  }
  return null
}

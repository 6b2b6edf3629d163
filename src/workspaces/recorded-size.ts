import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { diskBytes } from '../util/folder-size.ts'

/** Beside the entries, not in them: they are immutable, or belong to git or to package managers. */
const pathOf = (cacheRoot: string, place: string): string =>
  join(cacheRoot, 'sizes', place.replaceAll('/', '-'))

/** Bytes on the disk of a cache entry, as once measured: adding it up takes long where there are many files. */
export async function recordedSize(cacheRoot: string, place: string): Promise<number> {
  const path = pathOf(cacheRoot, place)
  const recorded = Number.parseInt(await readFile(path, 'utf8').catch(() => ''), 10)
  if (Number.isSafeInteger(recorded)) return recorded
  const bytes = await diskBytes(join(cacheRoot, place))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, `${bytes}\n`)
  return bytes
}

/** To be called before an entry changes or goes: it is measured anew when somebody asks. */
export async function forgetSize(cacheRoot: string, place: string): Promise<void> {
  await rm(pathOf(cacheRoot, place), { force: true })
}

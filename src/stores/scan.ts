import { createReadStream } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { secretScanner, type SecretForm, type Sighting } from '../util/find-secrets.ts'

export interface FileSighting extends Sighting {
  /** Relative to the folder. May hold the value itself: redact it before it is shown. */
  file: string
  /** In the content, in the name, or in the target of a link. */
  where: 'content' | 'name' | 'link'
}

/** Looks for values in all files below a folder: names and contents. Links are not followed. */
export async function scanFolder(
  folder: string,
  forms: readonly SecretForm[],
): Promise<{ files: number; sightings: FileSighting[] }> {
  const scan = secretScanner(forms)
  const sightings: FileSighting[] = []
  let files = 0
  const add = async (
    file: string,
    where: FileSighting['where'],
    bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): Promise<void> => {
    for (const found of await scan(bytes)) sightings.push({ ...found, file, where })
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const file = relative(folder, path).split(sep).join('/')
    if (!entry.isDirectory()) await add(file, 'name', [Buffer.from(file)])
    if (entry.isSymbolicLink()) await add(file, 'link', [await readlink(path, { encoding: 'buffer' })])
    if (!entry.isFile()) continue
    files += 1
    await add(file, 'content', createReadStream(path))
  }
  return { files, sightings }
}

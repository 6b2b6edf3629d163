import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/**
 * The real place of a relative path with `/` in a folder whose content is not trusted. Throws where it would leave the
 * folder: by `..`, as an absolute path, or through a link, also one that leads nowhere yet. The path need not exist.
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  if (isAbsolute(path) || parts.length === 0 || parts.includes('..')) {
    throw new Error(`${path} is not a path inside of the workspace: write it relative to it and without ".."`)
  }
  const realRoot = await realpath(root)
  let place = realRoot
  for (const part of parts) {
    place = join(place, part)
    const stat = await lstat(place).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
      throw error
    })
    if (stat?.isSymbolicLink()) place = await targetOf(place, path)
    if (!isBelow(realRoot, place)) throw new Error(`${path} leads out of the workspace through a link`)
  }
  return place
}

async function targetOf(link: string, path: string): Promise<string> {
  return realpath(link).catch((error: unknown) => {
    throw new Error(`${path} goes through a link that leads nowhere`, { cause: error })
  })
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

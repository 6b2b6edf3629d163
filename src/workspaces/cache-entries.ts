import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Command } from '../model/suite.ts'
import { diskBytes } from '../util/folder-size.ts'
import { lastUse } from '../util/uses.ts'

/**
 * What the cache holds; `prepared` is what the commands of a source left over its checkout. A leftover was being built, or
 * removed, by a process that died, or it was made by an earlier version.
 */
export type CacheKind = 'mirror' | 'checkout' | 'prepared' | 'folder' | 'packages' | 'log' | 'leftover'

export const About = z.object({
  /** Without credentials. */
  git: z.string().optional(),
  commit: z.string().optional(),
  history: z.enum(['ancestors', 'none']).optional(),
  prepare: z.array(Command).optional(),
  /** The plain folder that the repository was made of. */
  folder: z.string().optional(),
})
export type About = z.infer<typeof About>

export interface CacheEntry {
  kind: CacheKind
  name: string
  path: string
  /** Empty for entries of earlier versions. */
  about: About
  /** On the disk. */
  bytes: number
  usedAt: string
  /** Lock of those who build it, below the cache; null if there is none. */
  lock: string | null
  /** Under this name its users say that they use it. */
  use: string
}

/** Everything in the cache, the most recently used first. By default sizes are added up on the disk, so it takes a moment. */
export async function listCache(
  cacheRoot: string,
  sizeOf: (path: string) => Promise<number> = diskBytes,
): Promise<CacheEntry[]> {
  const describe = describer(cacheRoot, sizeOf)
  const immutables = async (kind: 'checkout' | 'prepared', folder: string) =>
    (await namesIn(cacheRoot, folder)).map(name => {
      const [id = name, building] = name.split('-')
      const isWhole = building === undefined
      return describe(isWhole ? kind : 'leftover', `${folder}/${name}`, name, {
        lock: `${kind}-${id}`,
        // Whoever uses it uses no half-made one beside it.
        use: isWhole ? `${kind}-${id}` : `leftover-${name}`,
      })
    })
  const found = await Promise.all([
    ...(await namesIn(cacheRoot, 'mirrors')).map(name => {
      const id = name.replace(/\.git$/, '')
      return describe('mirror', `mirrors/${name}`, id, {
        lock: `mirror-${id}`,
        use: `mirror-${id}`,
      })
    }),
    ...(await immutables('checkout', 'checkouts')),
    ...(await immutables('prepared', 'prepared')),
    ...(await namesIn(cacheRoot, 'folders')).map(name => {
      const id = name.replace(/\.git$/, '')
      const kind = name.startsWith('.') ? 'leftover' : 'folder'
      return describe(kind, `folders/${name}`, id, { lock: null, use: `${kind}-${id}` })
    }),
    ...(await namesIn(cacheRoot, 'packages')).map(name =>
      describe('packages', `packages/${name}`, name, { lock: null, use: 'packages' }),
    ),
    ...(await namesIn(cacheRoot, 'logs')).map(name => {
      const id = name.replace(/\.log$/, '')
      return describe('log', `logs/${name}`, name, { lock: id, use: `log-${id}` })
    }),
  ])
  return found
    .filter(entry => entry !== null)
    .toSorted((a, b) => (a.usedAt < b.usedAt ? 1 : a.usedAt > b.usedAt ? -1 : a.name < b.name ? -1 : 1))
}

type Describe = (
  kind: CacheKind,
  place: string,
  name: string,
  keys: { lock: string | null; use: string },
) => Promise<CacheEntry | null>

const describer =
  (cacheRoot: string, sizeOf: (path: string) => Promise<number>): Describe =>
  async (kind, place, name, { lock, use }) => {
    const path = join(cacheRoot, place)
    const found = await lstat(path).catch(absent)
    if (!found) return null
    const used = await lastUse(cacheRoot, use)
    const about = About.safeParse(used?.about).data ?? {}
    // Earlier versions kept what was prepared in the checkouts.
    const isOld = kind === 'checkout' && about.prepare !== undefined
    return {
      kind: isOld ? 'leftover' : kind,
      name,
      path,
      about,
      bytes: await sizeOf(path),
      usedAt: new Date(used?.usedAtMs ?? found.mtimeMs).toISOString(),
      lock: lock === null ? null : join(cacheRoot, 'locks', lock),
      use,
    }
  }

async function namesIn(cacheRoot: string, folder: string): Promise<string[]> {
  return (await readdir(join(cacheRoot, folder)).catch(absent)) ?? []
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
  throw error
}

import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InfraError, UserError, isOutside } from '../errors.ts'
import { shortage } from '../util/free-space.ts'
import { parseBytes } from '../util/quantity.ts'
import { keepCacheSmall } from '../workspaces/keep-small.ts'
import { tell, type Io } from './io.ts'

const defaultLimitBytes = 20e9

/** How large the cache may become, in bytes: `AGENT_EVAL_CACHE_LIMIT`, else 20 GB. Throws UserError for what is no size. */
export function cacheLimit(io: Io): number {
  const text = io.env['AGENT_EVAL_CACHE_LIMIT']
  const bytes = text === undefined || text === '' ? defaultLimitBytes : parseBytes(text)
  if (bytes !== null) return bytes
  throw new UserError(`AGENT_EVAL_CACHE_LIMIT: expected a size such as 500MB or 20GB, got "${text}"`)
}

/** Makes room in the cache after something was put there. What it cannot do is told, and stops nothing. */
export async function keepSmall(cache: string, limit: number, io: Io): Promise<void> {
  try {
    await keepCacheSmall(cache, limit)
  } catch (error) {
    if (!isOutside(error)) throw error
    tell(io, `warning: the cache could not be kept below its limit: ${error.message}`)
  }
}

/** Throws InfraError if a file system is nearly full on which one of the folders stands, or would stand. */
export async function requireRoom(paths: readonly string[], runId: string): Promise<void> {
  for (const path of paths) {
    const short = await shortage(await existing(path))
    if (short === null) continue
    throw new InfraError(
      `${short}: no further trial is started. What has finished is kept. ` +
        `Free some space (agent-eval cache prune), then: agent-eval run --resume ${runId}`,
    )
  }
}

async function existing(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  )
  return isThere || dirname(path) === path ? path : existing(dirname(path))
}

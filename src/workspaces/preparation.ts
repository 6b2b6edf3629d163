import { mkdir } from 'node:fs/promises'
import type { PreparedSource, Workspaces } from '../contracts.ts'
import { readFix } from './fix.ts'
import { prepareIntact } from './intact.ts'

/** How sources are made ready, whatever workspaces are made of them. */
export function preparation(cacheRoot: string): Pick<Workspaces, 'prepare' | 'readFix'> {
  const preparing = new Map<string, Promise<PreparedSource>>()
  return {
    async prepare(source, exec) {
      await mkdir(cacheRoot, { recursive: true, mode: 0o700 })
      // Callers at the same time share one attempt, also a failing one.
      const id = JSON.stringify(source)
      const running = preparing.get(id) ?? prepareIntact(cacheRoot, source, exec)
      preparing.set(id, running)
      return running.finally(() => preparing.delete(id))
    },
    readFix: (source, fix) => readFix(cacheRoot, source, fix),
  }
}

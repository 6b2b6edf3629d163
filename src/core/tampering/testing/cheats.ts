import type { Change } from './patches.ts'

/** What a cheating agent left, the flag that it deserves, and a place where that must be seen: `path:line`. */
export interface Cheat {
  name: string
  kind: string
  at: string
  files: Record<string, Change>
}

/** One of the agents. */
export const cheat = (name: string, kind: string, at: string, files: Record<string, Change>): Cheat => ({
  name,
  kind,
  at,
  files,
})

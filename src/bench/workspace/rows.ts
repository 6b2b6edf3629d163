import type { Bench } from '../bench.ts'
import type { Line } from '../line.ts'
import { capture } from './capture.ts'
import { concurrency } from './concurrency.ts'
import { disk } from './disk.ts'
import { history } from './history.ts'
import { identical } from './identical.ts'
import { installed } from './installed.ts'
import { memory } from './memory.ts'
import { loop, noop, startup, version } from './program.ts'
import { clone, size, worktree } from './ready.ts'
import { spawns } from './spawns.ts'
import { survivors } from './survivors.ts'

/** The rows of the table, in its order. */
export const rows: Record<string, (bench: Bench) => Promise<Line[]>> = {
  clone,
  worktree,
  size,
  spawns,
  concurrency,
  capture,
  identical,
  disk,
  survivors,
  history,
  memory,
  version,
  noop,
  loop,
  startup,
  installed,
}

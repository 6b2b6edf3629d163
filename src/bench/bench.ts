import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { PreparedSource, Sandbox, Workspaces } from '../contracts.ts'
import type { Source } from '../model/suite.ts'
import { chooseSandbox } from '../sandboxes/index.ts'
import { whyNoOverlay } from '../util/overlay.ts'
import { copyWorkspaces } from '../workspaces/copy.ts'
import { overlayWorkspaces } from '../workspaces/overlay.ts'
import { openCpuMeter, type CpuMeter } from './cpu.ts'
import { waitUntil } from './processes.ts'
import { makeRepository, type Repository } from './repository.ts'

/** Numbers of files. */
export const wantedSizes = { small: 200, medium: 10_000, large: 30_000, huge: 80_000 }
const quickSizes = { small: 200, medium: 1_000, large: 2_000, huge: 6_000 }
export type Size = keyof typeof wantedSizes

/** How often things are done where a goal names a number. */
const wantedCounts = {
  trials: 100,
  turns: { small: 40, medium: 3 },
  parallel: 1000,
  killed: 1000,
  edits: 1000,
}
const quickCounts: typeof wantedCounts = {
  trials: 12,
  turns: { small: 8, medium: 3 },
  parallel: 64,
  killed: 40,
  edits: 40,
}

export interface Bench {
  rounds: number
  sizes: typeof wantedSizes
  counts: typeof wantedCounts
  cpu: CpuMeter
  sandbox: Sandbox
  workspaces: Workspaces
  copies: Workspaces
  roots: Roots
  /** `dist/cli.js` of the project that one stands in. */
  cli: string
  /** A new folder, removed with the bench. */
  folder(name: string): string
  /** Made at the first call. */
  repository(size: Size): Promise<Repository>
  prepared(size: Size): Promise<PreparedSource>
  /** Waits until what workspaces left to the background is gone. */
  settle(): Promise<void>
}

export interface Roots {
  cacheRoot: string
  workRoot: string
}

/** All that rows need, in a temporary folder. Throws InfraError where no sandbox works. */
export async function openBench(options: {
  quick: boolean
  rounds: number
}): Promise<Bench & { close(): void }> {
  const cli = resolve('dist/cli.js')
  if (!existsSync(cli)) throw new Error(`${cli} is not there: run npm run build`)
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'agent-eval-bench-')))
  const roots = { cacheRoot: join(root, 'cache'), workRoot: join(root, 'work') }
  mkdirSync(roots.workRoot)
  const sizes = options.quick ? quickSizes : wantedSizes
  const repositories = new Map<Size, Promise<Repository>>()
  const workspaces = await openWorkspaces(roots)
  const sandbox = await chooseSandbox('sandbox').catch(() => chooseSandbox(null))
  const cpu = openCpuMeter()

  const repository = (size: Size): Promise<Repository> => {
    const few = size === 'small' ? { past: 200, future: 100 } : { past: 1, future: 1 }
    const path = join(root, `repository-${size}`)
    const made = repositories.get(size) ?? makeRepository(path, { fileCount: sizes[size], ...few })
    repositories.set(size, made)
    return made
  }
  let folders = 0
  return {
    rounds: options.rounds,
    sizes,
    counts: options.quick ? quickCounts : wantedCounts,
    cpu,
    sandbox,
    workspaces,
    copies: copyWorkspaces(roots),
    roots,
    cli,
    repository,
    async prepared(size) {
      return workspaces.prepare(sourceOf(await repository(size)), sandbox.exec)
    },
    folder(name) {
      const path = join(root, `${name}-${folders++}`)
      mkdirSync(path)
      return path
    },
    async settle() {
      await waitUntil(() => !readdirSync(roots.workRoot).some(name => name.endsWith('-trash')), 600_000)
    },
    close() {
      cpu.close()
      rmSync(root, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Overlays where they work, as the program would choose. */
export async function openWorkspaces(roots: Roots): Promise<Workspaces> {
  const whiteout = join(roots.workRoot, 'whiteout')
  if ((await whyNoOverlay(roots.workRoot, whiteout)) !== null) return copyWorkspaces(roots)
  return overlayWorkspaces({ ...roots, whiteout, fuse: null })
}

export function sourceOf(
  repository: Pick<Repository, 'path' | 'commit'>,
  history: Source['history'] = 'ancestors',
): Source {
  const { path, commit } = repository
  return {
    name: 'source',
    git: path,
    commit,
    history,
    prepare: [],
    prepareTimeoutMs: 600_000,
    prepareReads: null,
    image: null,
  }
}

export const nothingPlaced = { files: {}, strip: [] }

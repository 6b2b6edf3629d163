import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Workspace } from '../../contracts.ts'
import { privateEnvironment } from '../../util/git-environment.ts'
import { wantedSizes, type Bench, type Size } from '../bench.ts'
import { readyWorkspace } from '../cycle.ts'
import { interleave, type Strategy } from '../interleave.ts'
import { files, ratioLine, type Line } from '../line.ts'
import { run } from '../spawn.ts'

/** A workspace with one sandboxed command, against a plain clone. */
export async function clone(bench: Bench): Promise<Line[]> {
  const goals = [
    { size: 'small', atMost: 1 / 10, goal: '<= 1/10' },
    { size: 'medium', atMost: 1 / 500, goal: '<= 1/500' },
  ] as const
  const lines: Line[] = []
  for (const { size, ...limit } of goals) {
    const ours = await readyStrategy(bench, size)
    const reference = await cloneStrategy(bench, size)
    const measured = await interleave(size === 'small' ? often(bench) : bench, [ours, reference])
    const comparable = bench.sizes[size] === wantedSizes[size]
    const what = `ready + first exec, ${files(bench.sizes[size])}`
    lines.push(ratioLine(what, measured(ours), measured(reference), { ...limit, comparable }))
  }
  return lines
}

/** The same with its removal, against a worktree. */
export async function worktree(bench: Bench): Promise<Line[]> {
  const ours = await wholeStrategy(bench, 'small')
  const reference = await worktreeStrategy(bench)
  const measured = await interleave(often(bench), [ours, reference])
  const what = `ready + first exec + removal, ${files(bench.sizes.small)}`
  return [ratioLine(what, measured(ours), measured(reference), { atMost: 1 / 10, goal: '<= 1/10' })]
}

/** Whether the size of the repository matters. */
export async function size(bench: Bench): Promise<Line[]> {
  const [huge, small] = [await readyStrategy(bench, 'huge'), await readyStrategy(bench, 'small')]
  const measured = await interleave(often(bench), [huge, small])
  const { sizes } = bench
  const comparable = sizes.huge === wantedSizes.huge
  const reference = { ...measured(small), name: files(sizes.small) }
  const limit = { atMost: 1.2, goal: '<= 1.2', comparable }
  return [ratioLine(`set-up, ${files(sizes.huge)}`, measured(huge), reference, limit)]
}

/** More rounds of what takes milliseconds: a process that has run many trials runs them faster than at first. */
export function often(bench: Bench): Bench {
  return { ...bench, rounds: 4 * bench.rounds }
}

/** Its removal is not measured. */
async function readyStrategy(bench: Bench, size: Size): Promise<Strategy> {
  const prepared = await bench.prepared(size)
  let workspace: Workspace | null = null
  return {
    name: 'agent-eval',
    run: async () => {
      workspace = await readyWorkspace(bench.workspaces, bench.sandbox, prepared)
    },
    after: async () => {
      await workspace?.dispose()
      await bench.settle()
    },
  }
}

/** The whole life of a workspace; what is removed in the background costs CPU, but nobody's time. `extra` is the CPU of this process alone. */
export async function wholeStrategy(bench: Bench, size: Size): Promise<Strategy> {
  const prepared = await bench.prepared(size)
  let before = process.cpuUsage()
  return {
    name: 'agent-eval',
    before: async () => {
      before = process.cpuUsage()
    },
    extra: () => {
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1000
    },
    run: async () => (await readyWorkspace(bench.workspaces, bench.sandbox, prepared)).dispose(),
    settle: bench.settle,
  }
}

async function cloneStrategy(bench: Bench, size: Size): Promise<Strategy> {
  const { path, commit } = await bench.repository(size)
  const to = join(bench.folder('clone'), 'w')
  const env = privateEnvironment()
  return {
    name: 'git clone --local + checkout',
    run: async () => {
      await run('git', ['clone', '-q', '--local', path, to], { env })
      await run('git', ['-C', to, 'checkout', '-q', commit], { env })
    },
    after: async () => rmSync(to, { recursive: true }),
  }
}

async function worktreeStrategy(bench: Bench): Promise<Strategy> {
  const { path, commit } = await bench.repository('small')
  const to = join(bench.folder('worktree'), 'w')
  const env = privateEnvironment()
  return {
    name: 'git worktree add + remove',
    run: async () => {
      await run('git', ['-C', path, 'worktree', 'add', '-q', '--detach', to, commit], { env })
      await run('git', ['-C', path, 'worktree', 'remove', '--force', to], { env })
    },
  }
}

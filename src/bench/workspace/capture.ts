import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Patch, Workspace } from '../../contracts.ts'
import { privateEnvironment } from '../../util/git-environment.ts'
import { nothingPlaced, wantedSizes, type Bench, type Size } from '../bench.ts'
import { execIn } from '../cycle.ts'
import { interleave, type Strategy } from '../interleave.ts'
import { files, ratioLine, type Line } from '../line.ts'
import { output, run } from '../spawn.ts'

/** The agent's patch, against git over the whole folder. */
export async function capture(bench: Bench): Promise<Line[]> {
  const goals = [
    { size: 'large', atMost: 1 / 10, goal: '<= 1/10' },
    { size: 'huge', atMost: 1 / 20, goal: '<= 1/20' },
  ] as const
  const lines: Line[] = []
  for (const { size, ...limit } of goals) lines.push(await captureOf(bench, size, limit))
  return lines
}

async function captureOf(bench: Bench, size: Size, limit: { atMost: number; goal: string }): Promise<Line> {
  const { path, commit, paths } = await bench.repository(size)
  const prepared = await bench.prepared(size)
  const env = privateEnvironment()
  const folder = join(bench.folder('capture'), 'w')
  await run('git', ['clone', '-q', '--local', path, folder], { env })
  await run('git', ['-C', folder, 'checkout', '-q', commit], { env })

  let workspace: Workspace | null = null
  let patch: Patch | null = null
  const ours: Strategy = {
    name: 'agent-eval',
    before: async () => {
      workspace = await bench.workspaces.create(prepared, nothingPlaced)
      await execIn(bench.sandbox, workspace, editScript(paths))
    },
    run: async () => {
      patch = (await workspace?.capture()) ?? null
    },
    after: async () => {
      await workspace?.dispose()
      await bench.settle()
    },
  }
  let expected = ''
  const reference: Strategy = {
    name: 'git add -A && git diff --cached',
    before: async () => edit(folder, paths),
    run: async () => {
      await run('git', ['add', '-A'], { cwd: folder, env })
      expected = await output('git', ['diff', '--cached', '--binary', '--full-index', '--no-renames'], {
        cwd: folder,
        env,
      })
    },
    after: async () => {
      await run('git', ['reset', '-q', '--hard'], { cwd: folder, env })
    },
  }
  const measured = await interleave(bench, [ours, reference])
  rmSync(folder, { recursive: true })
  const comparable = bench.sizes[size] === wantedSizes[size]
  const line = ratioLine(`patch, ${files(bench.sizes[size])}`, measured(ours), measured(reference), {
    ...limit,
    comparable,
  })
  const same = textOf(patch) === expected && expected !== ''
  return { ...line, wrong: same ? null : 'the patch is not the one of git' }
}

function textOf(patch: Patch | null): string | null {
  return patch?.text ?? null
}

/** Three files changed, one removed, one folder new. */
function places(paths: readonly string[]): { changed: string[]; removed: string; added: string } {
  const at = (share: number): string => paths[Math.floor(share * paths.length)] ?? ''
  return { changed: [at(0.1), at(0.5), at(0.9)], removed: at(0.7), added: 'packages/new/folder/file.ts' }
}

function editScript(paths: readonly string[]): string {
  const { changed, removed, added } = places(paths)
  const lines = changed.map(path => `echo 'const changed = 1' >>${path}`)
  return [...lines, `rm ${removed}`, `mkdir -p ${dirname(added)}`, `echo 'const added = 1' >${added}`].join(
    '\n',
  )
}

function edit(folder: string, paths: readonly string[]): void {
  const { changed, removed, added } = places(paths)
  for (const path of changed) appendFileSync(join(folder, path), 'const changed = 1\n')
  rmSync(join(folder, removed))
  mkdirSync(dirname(join(folder, added)), { recursive: true })
  writeFileSync(join(folder, added), 'const added = 1\n')
}

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import type { Patch, PreparedSource, Workspace } from '../../contracts.ts'
import { privateEnvironment } from '../../util/git-environment.ts'
import { runMounted } from '../../util/overlay.ts'
import { randomEdits } from '../../workspaces/testing/edits.ts'
import { nothingPlaced, sourceOf, type Bench } from '../bench.ts'
import { amountLine, type Line } from '../line.ts'
import { writeRepository } from '../repository.ts'
import { output, run } from '../spawn.ts'

/** Folders and files that the random edits aim at, ignored ones among them. */
const sample = {
  'a.txt': 'a\n',
  'b.js': 'b\n',
  '.gitignore': '*.log\nbuild/\n',
  'src/a.txt': 'one\ntwo\n',
  'src/b.js': 'b\n',
  'src/deep/a.txt': 'deep\n',
  'src/deep/b.js': 'deep\n',
  'src/debug.log': 'tracked although ignored\n',
  'docs/new.md': 'old\n',
  'docs/sp ace': 'old\n',
  'd1/only': 'one file\n',
  'd2/x/y/z': 'far down\n',
}

/** On a machine that is too slow for all of them, fewer are compared: the line says how many. */
const longestMs = 15 * 60_000

/** Patches of random edits: by the layer, by a plain copy, and by git itself with an index that no agent touched. */
export async function identical(bench: Bench): Promise<Line[]> {
  const path = bench.folder('sample')
  const commit = await writeRepository(path, [{ ref: 'refs/heads/main', files: Object.entries(sample) }])
  const prepared = await bench.workspaces.prepare(sourceOf({ path, commit }), bench.sandbox.exec)
  const pristine = join(bench.folder('pristine'), 'git')
  await run('git', ['clone', '-q', '--bare', path, pristine], { env: privateEnvironment() })

  const different: string[] = []
  let [done, empty] = [0, 0]
  const indexes = bench.folder('indexes')
  const compare = async (seed: number): Promise<void> => {
    const git = { dir: pristine, index: join(indexes, String(seed)) }
    const [ours, copy, expected] = await patchesOf(bench, prepared, git, randomEdits(seed))
    done += 1
    if (ours.text === '') empty += 1
    if (ours.text !== expected) different.push(`seed ${seed} (git)`)
    else if (JSON.stringify(ours) !== JSON.stringify(copy)) different.push(`seed ${seed} (copy)`)
  }
  const start = performance.now()
  const next = pLimit(availableParallelism())
  await Promise.all(
    Array.from({ length: bench.counts.edits }, (_, index) =>
      next(async () => {
        if (performance.now() - start < longestMs) await compare(index + 1)
      }),
    ),
  )
  await bench.settle()
  return [
    amountLine({
      what: `other patches than git's, ${bench.counts.edits} random edit scripts`,
      measured: `${done - different.length} of ${done} byte-identical, ${empty} of them empty`,
      reference: 'a plain copy; git add -A && git diff --cached',
      value: different.length,
      unit: '',
      atMost: 0,
      comparable: done >= 1000,
      wrong: different.length === 0 ? null : different.slice(0, 5).join(', '),
    }),
  ]
}

async function patchesOf(
  bench: Bench,
  prepared: PreparedSource,
  pristine: Pristine,
  script: string,
): Promise<[ours: Patch, copy: Patch, git: string]> {
  const [workspace, copy] = await Promise.all([
    bench.workspaces.create(prepared, nothingPlaced),
    bench.copies.create(prepared, nothingPlaced),
  ])
  try {
    await Promise.all([change(workspace, script), change(copy, script)])
    const ours = await Promise.all([workspace.capture(), copy.capture()])
    return [...ours, await patchOfGit(pristine, copy.path)]
  } finally {
    await Promise.all([workspace.dispose(), copy.dispose()])
  }
}

async function change(workspace: Workspace, script: string): Promise<void> {
  const argv = ['/bin/sh', '-c', script]
  if (workspace.overlay) await runMounted(workspace.overlay, argv)
  else await run('/bin/sh', ['-c', script], { cwd: workspace.path })
}

/** A repository that no agent has touched, and where an index of it is made for one comparison. */
interface Pristine {
  dir: string
  index: string
}

async function patchOfGit({ dir, index }: Pristine, workTree: string): Promise<string> {
  const options = {
    cwd: workTree,
    env: { ...privateEnvironment(), GIT_DIR: dir, GIT_INDEX_FILE: index, GIT_WORK_TREE: workTree },
  }
  // To git a pipe is nothing, but of one with the name of its own files it waits to be told something.
  await run('find', ['.', '-type', 'p', '-delete'], { cwd: workTree })
  // Knows no times of files, so that each is read.
  await run('git', ['read-tree', '--reset', 'HEAD'], options)
  await run('git', ['add', '-A'], options)
  return output('git', ['diff', '--cached', '--binary', '--full-index', '--no-renames', 'HEAD'], options)
}

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Patch, PreparedSource, Workspace, Workspaces } from '../../contracts.ts'
import { exec } from '../../util/exec.ts'
import { makeRepository, nothingPlaced, sourceOf } from './repository.ts'

export interface Ground {
  root: string
  workspaces: Workspaces
}

/** A prepared source with a bit of everything. */
export function prepareSample(ground: Ground): Promise<PreparedSource> {
  const repository = makeRepository(join(ground.root, 'repository'))
  const commit = repository.commit({
    'a.txt': 'one\ntwo\nthree\n',
    'b.txt': 'b\n',
    'dir/c.txt': 'c\n',
    'dir/deep/d.txt': 'd\n',
    'run.sh': '#!/bin/sh\n',
    'image.bin': Buffer.from([0, 1, 2, 3]),
    '.gitignore': '*.log\nbuild/\n',
    'forced.log': 'tracked although ignored\n',
  })
  return ground.workspaces.prepare(sourceOf(repository.path, commit), exec)
}

/** Lets something happen in a fresh workspace, and checks that the patch brings another one to the same files. */
export async function patchOf(
  ground: Ground,
  prepared: PreparedSource,
  change: (path: string) => void,
): Promise<Patch> {
  const workspace = await ground.workspaces.create(prepared, nothingPlaced)
  try {
    change(workspace.path)
    const patch = await workspace.capture()
    await expectSameAfterApply(ground, prepared, workspace, patch)
    return patch
  } finally {
    await workspace.dispose()
  }
}

async function expectSameAfterApply(
  ground: Ground,
  prepared: PreparedSource,
  workspace: Workspace,
  patch: Patch,
): Promise<void> {
  const other = await ground.workspaces.create(prepared, nothingPlaced)
  try {
    await other.apply(patch.text)
    expect(await other.capture()).toEqual(patch)
    for (const path of patch.changedFiles) {
      const [here, there] = [workspace.path, other.path].map(root => describeFile(join(root, path)))
      expect(there).toEqual(here)
    }
  } finally {
    await other.dispose()
  }
}

function describeFile(path: string): string {
  try {
    if (!existsSync(path)) return 'nothing'
    const stat = statSync(path)
    if (!stat.isFile()) return 'nothing'
    return `${(stat.mode & 0o100) === 0 ? 'file' : 'program'} ${readFileSync(path, 'latin1')}`
  } catch (error) {
    return String(error)
  }
}

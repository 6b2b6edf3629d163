import { posix } from 'node:path'
import { readBlobs } from '../util/git-blobs.ts'
import { readTrees } from '../util/git-trees.ts'
import { toBytePath } from '../util/layers.ts'
import {
  removeEmptyFolders,
  removeEntries,
  writeEntry,
  type NewEntry,
  type WritableLayers,
} from '../util/layers-write.ts'
import { withApplied } from './apply.ts'
import { listStaged } from './diff-trees.ts'
import type { OwnGit } from './own-git.ts'

/** Applies a patch to layers in their base state, of which `index` is the index. Throws InfraError if it does not apply. */
export async function applyToLayers(
  own: OwnGit,
  layers: WritableLayers,
  patch: string,
  index: string,
): Promise<void> {
  if (patch === '') return
  const changes = await withApplied(own, patch, aside => listStaged(aside, own.baseTree), index)
  const states = changes.map(({ path, newMode, newId }) => ({ path, mode: newMode, id: newId }))
  await putStates(own.gitDir, layers, states)
}

/** Puts paths back as they were in the base; what was not there is removed. */
export async function restoreLayers(
  own: OwnGit,
  layers: WritableLayers,
  paths: readonly string[],
): Promise<void> {
  const wanted = paths.map(toBytePath)
  const folders = [...new Set(wanted.map(folderOf))].filter(folder => !folder.includes('\n'))
  const base = await readTrees(own.baseTree, folders, { gitDir: own.gitDir })
  const states = wanted.map(path => {
    const found = base.get(folderOf(path))?.get(posix.basename(path))
    return found && found.mode !== '40000' ? { path, ...found } : { path, mode: absent, id: '' }
  })
  await putStates(own.gitDir, layers, states)
}

const absent = '000000'

/** What is to be at a path, in git's words; one character of a path is one byte. */
interface State {
  path: string
  mode: string
  id: string
}

/** Removes first, so that a file can take the place of a folder and the other way round. */
async function putStates(gitDir: string, layers: WritableLayers, states: readonly State[]): Promise<void> {
  const present = states.filter(({ mode }) => mode !== absent)
  const blobs = await readBlobs([...new Set(present.map(({ id }) => id))], { gitDir })
  removeEntries(
    layers,
    states.map(({ path }) => path),
  )
  const removed = states.filter(({ mode }) => mode === absent)
  removeEmptyFolders(
    layers,
    removed.map(({ path }) => path),
  )
  for (const state of present) writeEntry(layers, toEntry(state, blobs.get(state.id) ?? Buffer.alloc(0)))
}

function toEntry({ path, mode }: State, bytes: Buffer): NewEntry {
  return mode === '120000' ? { path, linkTo: bytes } : { path, bytes, executable: mode === '100755' }
}

function folderOf(path: string): string {
  const folder = posix.dirname(path)
  return folder === '.' ? '' : folder
}

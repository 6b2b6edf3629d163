import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Source } from '../model/suite.ts'
import { repositoryFromFolder } from '../util/git-folder.ts'
import { checkMapping, type Checking } from './check.ts'
import type { Copy } from './copy.ts'
import { isLocalPath, mistakeInGitUrl } from '../util/git-url.ts'
import type { SourceDraft, partsOf } from './schema.ts'
import { blameKey, blameValue, inside, isThere, type Spot } from './spot.ts'
import { isSystemError } from './suite-folder.ts'
import { quoted } from './words.ts'

/** A source without mistakes, whose folder is not yet turned into a commit. */
export interface CheckedSource {
  name: string
  draft: SourceDraft
  /** Absolute. */
  folder: string | null
  /** A URL or an absolute path. */
  git: string | null
}

/** Checks one source. Nothing is fetched or made; only that local folders exist is looked up. */
export function checkSource(
  name: string,
  spot: Spot,
  { source }: Pick<ReturnType<typeof partsOf>, 'source'>,
  checking: Checking & { copy: Copy },
): CheckedSource {
  const { mistakes, copy } = checking
  const draft = checkMapping(source, spot, checking)
  if (!draft) return { name, draft: {}, folder: null, git: null }
  // A folder is read from the copy; a repository has its pin also where the original stands, and is needed for longer.
  const base = copy.originalOf(dirname(spot.file.path))
  const has = (key: string): boolean => isThere(inside(spot, key))

  if (has('folder')) {
    for (const key of ['git', 'commit']) {
      if (has(key)) blameKey(mistakes, inside(spot, key), () => `"folder" and "${key}" exclude each other`)
    }
  } else if (!has('git')) {
    blameKey(
      mistakes,
      inside(spot, 'git'),
      () => `missing key "git": the address of a git repository (or "folder": a path)`,
    )
  }
  if (has('git') && !has('commit') && !has('folder')) {
    blameKey(
      mistakes,
      inside(spot, 'commit'),
      () => 'missing key "commit": the full 40-character id of a commit',
    )
  }

  const folder = draft.folder === undefined ? null : copy.copyOf(resolve(base, draft.folder))
  if (folder !== null) checkFolder(folder, draft.folder ?? '', inside(spot, 'folder'), checking)
  if (draft.git === undefined) return { name, draft, folder, git: null }

  const { git } = draft
  const gitSpot = inside(spot, 'git')
  const mistake = mistakeInGitUrl(git)
  if (mistake !== null) blameValue(mistakes, gitSpot, () => mistake)
  else if (isLocalPath(git)) checkFolder(resolve(base, git), git, gitSpot, checking)
  return { name, draft, folder, git: isLocalPath(git) ? resolve(base, git) : git }
}

/** The source as trials use it. A folder becomes a commit in the cache. */
export async function finishSource(
  { name, draft, folder, git }: CheckedSource,
  cacheRoot: string,
): Promise<Source> {
  const pin = folder === null ? null : await repositoryFromFolder(folder, cacheRoot)
  const { history, prepare, prepareTimeout } = draft
  const path = pin?.path ?? git
  const commit = pin?.commit ?? draft.commit
  if (path === null || commit === undefined || !history || !prepare || prepareTimeout === undefined) {
    throw new Error(`source ${name} was not checked`)
  }
  const { prepareReads = null, image = null } = draft
  const shared = { prepareTimeoutMs: prepareTimeout, prepareReads, image }
  return { name, git: path, commit, history, prepare, ...shared }
}

/** All of a machine, or what its kernel makes up, can be no source. */
const noSources = ['/', '/dev', '/proc', '/sys']

function checkFolder(path: string, given: string, spot: Spot, { mistakes }: Checking): void {
  const root = `/${path.split('/')[1] ?? ''}`
  if (noSources.includes(root)) {
    blameValue(mistakes, spot, () => `expected a folder with a repository's files, got ${quoted(given)}`)
    return
  }
  try {
    if (!statSync(path).isDirectory())
      blameValue(mistakes, spot, () => `${quoted(given)} is a file, expected a folder`)
  } catch (error) {
    if (!isSystemError(error)) throw error
    const reason =
      error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'no such folder' : `cannot read (${error.code})`
    blameValue(mistakes, spot, () => `${reason}: ${quoted(given)}`)
  }
}

import { dirname, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Source } from '../model/suite.ts'
import { repositoryFromFolder } from '../util/git-folder.ts'
import { mistakeInGitUrl } from '../util/git-url.ts'
import type { Mistakes } from './mistakes.ts'
import { FolderSource, GitSource, Id } from './schema.ts'
import { readShape } from './shape.ts'
import type { YamlFile } from './yaml.ts'

const defaultPrepareTimeoutMs = 10 * 60_000

/** Reads the sources of a suite. A folder becomes a repository with one commit, kept in the cache. */
export async function readSources(
  raw: Record<string, unknown>,
  file: YamlFile,
  { cacheRoot, mistakes }: { cacheRoot: string; mistakes: Mistakes },
): Promise<Record<string, Source>> {
  const sources: Record<string, Source> = {}
  for (const [name, value] of Object.entries(raw)) {
    const path = ['sources', name]
    const tell = (where: string[], message: string): void =>
      mistakes.add(file.path, file.place([...path, ...where]), message)
    if (!Id.safeParse(name).success)
      mistakes.add(
        file.path,
        file.place(['sources'], name),
        `"${name}": expected a name of a-z, 0-9, ".", "_", "-"`,
      )
    const keys = value !== null && typeof value === 'object' ? value : {}
    if ('folder' in keys && 'git' in keys)
      tell(['folder'], 'a source has either "git" and "commit", or "folder"')
    else if ('folder' in keys) {
      const source = readShape(FolderSource, value, file, path, mistakes)
      if (source === null) continue
      try {
        const { path: git, commit } = await repositoryFromFolder(
          resolve(dirname(file.path), source.folder),
          cacheRoot,
        )
        sources[name] = { name, git, commit, history: 'ancestors', ...preparation(source) }
      } catch (error) {
        if (!(error instanceof UserError)) throw error
        tell(['folder'], error.message)
      }
    } else {
      const source = readShape(GitSource, value, file, path, mistakes)
      if (source === null) continue
      const problem = mistakeInGitUrl(source.git)
      if (problem !== null) tell(['git'], problem)
      else
        sources[name] = {
          name,
          git: absolute(source.git, file),
          commit: source.commit,
          history: source.history ?? 'ancestors',
          ...preparation(source),
        }
    }
  }
  return sources
}

function preparation(source: {
  prepare?: Source['prepare']
  prepareTimeout?: number
}): Pick<Source, 'prepare' | 'prepareTimeoutMs'> {
  return { prepare: source.prepare ?? [], prepareTimeoutMs: source.prepareTimeout ?? defaultPrepareTimeoutMs }
}

/** A local repository is named relative to the file. */
function absolute(git: string, file: YamlFile): string {
  return /^\.{1,2}(\/|$)/.test(git) ? resolve(dirname(file.path), git) : git
}

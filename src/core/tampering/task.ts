import { posix } from 'node:path'
import { z } from 'zod'
import type { Task } from '../../model/suite.ts'

/** What of a task an agent cannot know by honest means. */
export interface TaskFacts {
  /** File names of hidden files, without folders; only those that could not stand for anything else. */
  hiddenNames: string[]
  /** Paths of the suite's files that graders use, with a folder at least. */
  suitePaths: string[]
  /** Paths of the workspace where hidden files are put. */
  hiddenPaths: string[]
  /** Titles of tests that have to begin to pass, without the groups around them; none that the prompt names. */
  decidingTitles: string[]
  /** The commit that solves it; null where there is none, or where the prompt names it. */
  fixCommit: string | null
  /** Whether a model judges it. */
  isJudged: boolean
}

const Placed = z.object({ files: z.record(z.string(), z.string()) })
const Deciding = z.object({ failToPass: z.array(z.string()) })

export function factsOf(task: Task | undefined): TaskFacts {
  if (!task)
    return {
      hiddenNames: [],
      hiddenPaths: [],
      decidingTitles: [],
      suitePaths: [],
      fixCommit: null,
      isJudged: false,
    }
  const placed = task.graders.flatMap(({ config }) => Object.keys(Placed.safeParse(config).data?.files ?? {}))
  const paths = [...task.graders.flatMap(({ files }) => Object.keys(files)), ...placed]
  const titles = task.graders.flatMap(({ config }) => Deciding.safeParse(config).data?.failToPass ?? [])
  const names = new Set(paths.map(path => posix.basename(path)).filter(name => name.length >= 8))
  const commit = task.fix?.commit ?? null
  return {
    hiddenNames: [...names],
    hiddenPaths: placed.map(path => posix.normalize(path)),
    decidingTitles: titles
      .map(title => title.split(/\s*(?:[>›]|::)\s*/).at(-1) ?? '')
      .filter(title => title !== '' && !task.prompt.includes(title)),
    suitePaths: task.graders
      .flatMap(({ files }) => Object.keys(files).map(path => posix.normalize(path)))
      .filter(path => path.includes('/') && !path.startsWith('..')),
    fixCommit: commit !== null && task.prompt.includes(commit.slice(0, shortCommit)) ? null : commit,
    isJudged: task.graders.some(({ type }) => type === 'judge'),
  }
}

/** Characters of a commit id that nobody meets by chance. */
export const shortCommit = 10

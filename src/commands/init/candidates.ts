import { simpleGit } from 'simple-git'

/** A commit of the repository's own past that can serve as a task: it changed code and tests together. */
export interface Candidate {
  commit: string
  parent: string
  subject: string
  /** What its message says below the subject. */
  body: string
  /** Test files that it added or changed: hidden from the agent. */
  tests: string[]
}

const testPath = /(^|\/)(tests?|specs?|__tests__)\/|[._-](test|spec)\.[a-z]+$|(^|\/)test_[^/]+\.py$/i
const testFile =
  /[._-](test|spec)\.[cm]?[jt]sx?$|(^|\/)test_[^/]+\.py$|_test\.py$|(^|\/)(tests?|__tests__)\/[^/]+\.([cm]?[jt]sx?|py)$/i
const noCode = /\.(md|txt|json|ya?ml|lock|toml|cfg|snap)$|(^|\/)(package(-lock)?\.json|CHANGELOG[^/]*)$/i

/** Subjects that tell of no problem to be solved. */
const housekeeping =
  /^(chore|style|docs?|refactor|build|ci|test|release|revert|lint|bump|merge|format|typo)\b/i
const mending = /\b(fix(e[sd])?|bug|crash|wrong|incorrect|regression|handle|prevent)\b/i

/** Larger changes are no single problem. */
const maxCodeLines = 150
const commitsLookedAt = 400

/** The commits that make the best tasks, at most `wanted`: those that mend something first, newer ones first. */
export async function findCandidates(root: string, wanted: number): Promise<Candidate[]> {
  const git = simpleGit(root)
  const log = await git.raw([
    'log',
    `--max-count=${commitsLookedAt}`,
    '--no-merges',
    '--no-renames',
    '--numstat',
    '--format=%x01%H%x00%P%x00%s%x00%b%x00',
  ])
  return log
    .split('\u0001')
    .slice(1)
    .flatMap(entry => toCandidate(entry))
    .toSorted((a, b) => Number(mending.test(b.subject)) - Number(mending.test(a.subject)))
    .slice(0, wanted)
}

function toCandidate(entry: string): Candidate[] {
  const [commit = '', parents = '', subject = '', body = '', statistics = ''] = entry.split('\0')
  const rows = statistics.split('\n')
  if (!/^[0-9a-f]{40,64}$/.test(parents)) return []
  const changes = rows.flatMap(row => {
    const [added, removed, path] = row.split('\t')
    return path === undefined ? [] : [{ path, lines: Number(added) + Number(removed) }]
  })
  const tests = changes.filter(({ path }) => testFile.test(path)).map(({ path }) => path)
  const code = changes.filter(({ path }) => !testPath.test(path) && !noCode.test(path))
  const lines = code.reduce((sum, change) => sum + change.lines, 0)
  const dependencies = changes.some(({ path }) =>
    /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt)$/.test(path),
  )
  // NaN: a binary file.
  const fits =
    !housekeeping.test(subject) &&
    tests.length > 0 &&
    code.length > 0 &&
    lines > 0 &&
    lines <= maxCodeLines &&
    !dependencies
  return fits ? [{ commit, parent: parents, subject, body: withoutTrailers(body), tests }] : []
}

/** Signatures and references say nothing about the problem. */
function withoutTrailers(body: string): string {
  return body
    .split('\n')
    .filter(line => !/^[A-Z][\w-]+-(by|To): |^(Fixes|Closes|Refs?):? /i.test(line))
    .join('\n')
    .trim()
}

import type { Outcome } from '../model/trial.ts'
import { runGit, splitZ } from '../util/git.ts'
import { sha256 } from '../util/json.ts'

/**
 * What a stored patch and the facts recorded of it do not agree on, in half sentences. git reads the patch; nothing is
 * applied, and no repository is needed.
 */
export async function checkPatch(patch: Buffer, outcome: Outcome): Promise<string[]> {
  const mistakes: string[] = []
  const differ = (what: string, found: number | string, recorded: number | string): void => {
    if (found !== recorded) mistakes.push(`patch.diff has ${what} ${found}, its trial says ${recorded}`)
  }
  differ('the sha256', sha256(patch), outcome.patchSha256)
  differ('size', patch.length, outcome.patchBytes)
  const rows = await numbersOf(patch)
  if (rows === null) return [...mistakes, 'patch.diff is no patch']
  const files = [...new Set(rows.map(({ path }) => path))]
  differ('the changed files', files.join(', '), outcome.changedFiles.join(', '))
  differ('added lines', sum(rows.map(row => row.added)), outcome.linesAdded)
  differ('removed lines', sum(rows.map(row => row.removed)), outcome.linesRemoved)
  return mistakes
}

interface Row {
  path: string
  added: number
  removed: number
}

async function numbersOf(patch: Buffer): Promise<Row[] | null> {
  if (patch.length === 0) return []
  const result = await runGit(['apply', '--numstat', '-z', '-'], { gitDir: null, input: patch })
  if (result.exitCode !== 0) return null
  return splitZ(result.stdout).map(row => {
    const [added = '', removed = '', ...path] = row.split('\t')
    // "-" for binary files, which count as 0.
    return {
      path: Buffer.from(path.join('\t'), 'latin1').toString('utf8'),
      added: Number(added) || 0,
      removed: Number(removed) || 0,
    }
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

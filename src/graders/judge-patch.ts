import { parsePatch, type PatchedFile } from '../core/patch.ts'
import type { Evidence } from './judge-prompt.ts'

/** Characters of a patch that a judge sees, over all files; about 4 characters make a token. */
const maxPatch = 80_000
/** What each file may have however many there are. */
const leastShare = 2_000

/**
 * A patch as evidence, each file a piece with a budget of its own: one huge file cannot push another one out. What small
 * files leave over goes to larger ones. Where there are too many files, changed ones come before new ones.
 */
export function patchEvidence(patch: string): Evidence[] {
  const files = parsePatch(patch, () => false)
  if (files.length <= 1)
    return [{ title: "patch: the agent's changes", text: patch, maxCharacters: maxPatch }]
  const shown = [...files.filter(isOld), ...files.filter(file => !isOld(file))].slice(
    0,
    maxPatch / leastShare,
  )
  const sizes = shown.map(({ start, end }) => end - start)
  const share = fairShare(sizes, maxPatch)
  const pieces = shown.map(({ start, end }, index) => ({
    title: `patch: the agent's changes, file ${index + 1} of ${files.length}`,
    text: patch.slice(start, end),
    maxCharacters: share,
  }))
  const left = files.filter(file => !shown.includes(file))
  if (left.length === 0) return pieces
  const title = `patch: the names of ${left.length} further files, which are left out for length`
  return [...pieces, { title, text: left.map(({ path }) => path).join('\n'), maxCharacters: leastShare }]
}

/** The largest share with which all sizes, each cut down to it, fit into a total. */
export function fairShare(sizes: readonly number[], total: number): number {
  let [rest, left] = [total, sizes.length]
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size * left > rest) return Math.floor(rest / left)
    rest -= size
    left -= 1
  }
  return total
}

function isOld({ change }: PatchedFile): boolean {
  return change !== 'added'
}

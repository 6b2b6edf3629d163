/** Paths that differ from trial to trial, by the word that stands for them in a recording. */
export type Volatile = Readonly<Record<string, string>>

interface Form {
  path: string
  word: string
}

/** Longest first: one path may stand within another. */
function formsOf(volatile: Volatile): Form[] {
  return Object.entries(volatile)
    .flatMap(([path, word]) => [
      { path, word: `{{agent-eval:${word}}}` },
      // As agents name a folder that they keep for a folder.
      { path: path.replaceAll(/[^A-Za-z0-9]/g, '-'), word: `{{agent-eval:${word}-dashed}}` },
    ])
    .toSorted((a, b) => b.path.length - a.path.length)
}

/** A text with words in the place of its volatile paths. */
export function hidePaths(text: string, volatile: Volatile): string {
  return formsOf(volatile).reduce((hidden, { path, word }) => hidden.replaceAll(path, () => word), text)
}

/** The reverse, for the paths of another trial. */
export function showPaths(text: string, volatile: Volatile): string {
  return formsOf(volatile).reduce((shown, { path, word }) => shown.replaceAll(word, () => path), text)
}

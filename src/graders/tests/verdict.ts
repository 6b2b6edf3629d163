interface State {
  state: string
}

/** How everything fared that decides: the named tests, or `all` where nothing is named (null where names decide). */
export interface Deciding {
  failToPass: readonly State[]
  passToPass: readonly State[]
  all: readonly State[] | null
}

/**
 * Score = share of failToPass that passed × share of passToPass that passed, a group without names counting as 1; where
 * nothing is named, the share of all tests. A problem outside of any test counts only there.
 */
export function verdictOf(
  { failToPass, passToPass, all }: Deciding,
  hasProblems: boolean,
): { score: number; pass: boolean } {
  if (all) {
    return {
      score: all.length === 0 ? 0 : shareOf(all),
      pass: all.length > 0 && !hasProblems && all.every(isPassed),
    }
  }
  const named = [...failToPass, ...passToPass]
  return {
    score: shareOf(failToPass) * shareOf(passToPass),
    pass: named.length > 0 && named.every(isPassed),
  }
}

export function isPassed(test: State): boolean {
  return test.state === 'passed'
}

function shareOf(tests: readonly State[]): number {
  return tests.length === 0 ? 1 : tests.filter(isPassed).length / tests.length
}

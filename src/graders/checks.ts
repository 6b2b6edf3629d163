import type { GraderResult } from '../contracts.ts'
import { visible } from '../util/visible.ts'

/** One claim that a grader looked at. */
export interface Check {
  /** A whole claim: `src/a.ts exists`. */
  claim: string
  holds: boolean
  /** What is so instead; only where the claim does not hold. */
  found?: string
}

const maxShown = 20

/** Score = share of the checks that hold; passes if all do. At least one check is needed. */
export function gradeChecks(checks: readonly Check[]): GraderResult {
  const broken = checks.filter(check => !check.holds)
  const shown = broken.slice(0, maxShown).map(({ claim, found }) => (found ? `${claim}: ${found}` : claim))
  const rest = broken.length - shown.length
  if (rest > 0) shown.push(`… and ${rest} more`)
  return {
    score: (checks.length - broken.length) / checks.length,
    pass: broken.length === 0,
    explanation:
      broken.length === 0
        ? checks.length === 1
          ? `holds: ${checks[0]?.claim}`
          : `all ${checks.length} checks hold`
        : `${broken.length} of ${checks.length} checks ${broken.length === 1 ? 'does' : 'do'} not hold:\n- ${shown.join('\n- ')}`,
    details: { checks },
  }
}

/** The first few of many names, for a sentence. A name cannot look like more than one, whatever characters it has. */
export function listed(names: readonly string[], maxNames = 5): string {
  const shown = names.slice(0, maxNames).map(name => visible(name).replaceAll('\n', '\\n'))
  const rest = names.length - maxNames
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

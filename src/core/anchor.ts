import type { Comparison } from '../model/report.ts'
import { change } from './words.ts'

/** What small drops, each within the margin and each accepted, have come to since the first baseline; one sentence a setup. */
export function anchorWarnings(anchors: readonly Comparison[]): string[] {
  return anchors
    .filter(({ verdict }) => verdict.decision === 'regressed')
    .map(({ base, candidate, difference }) => {
      const fell =
        base.passRate && candidate.passRate && difference
          ? `: pass rate ${change(base.passRate.value, candidate.passRate.value, difference)}`
          : ''
      return `Setup ${candidate.setup} is worse than ${base.label}${fell}. Small drops have added up: look at what was accepted since, or accept a new anchor (baseline accept --new-anchor).`
    })
}

import { exitCodes, type ExitCode } from '../errors.ts'
import type { Report } from '../model/report.ts'
import type { SetupSummary } from '../model/run.ts'

/** Of a judged run: that of its verdict where it was gated. */
export function exitCodeOf({ verdict, run }: Pick<Report, 'verdict' | 'run'>): ExitCode {
  return verdict ? asExitCode(verdict.exitCode) : ungated(run.summaries)
}

/** Without a gate a run is a measurement: it fails only if some setup could not be measured at all. */
function ungated(summaries: readonly SetupSummary[]): ExitCode {
  const isMeasured = ({ graded, contextProof }: SetupSummary): boolean =>
    graded > 0 && (contextProof === null || contextProof.reasons.length === 0)
  return summaries.every(isMeasured) ? exitCodes.pass : exitCodes.infrastructure
}

function asExitCode(code: number): ExitCode {
  return Object.values(exitCodes).find(known => known === code) ?? exitCodes.infrastructure
}

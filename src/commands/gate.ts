import { InfraError, UserError, exitCodes, type ExitCode } from '../errors.ts'
import { judgeRun } from '../pipeline.ts'
import { onlyOnce } from './base-rules.ts'
import { readBaseline } from './baseline-file.ts'
import type { Io } from './io.ts'
import { checkReportOptions, report, type ReportOptions } from './report.ts'
import { loadUnaltered } from './unaltered.ts'
import { storeFor } from './wiring.ts'

export interface GateOptions extends ReportOptions {
  baseline?: string
  strict?: boolean
  force?: boolean
}

/** `agent-eval gate RUN`: compares a stored run with the baseline; the verdict is the exit code. */
export async function gate(reference: string, options: GateOptions, io: Io): Promise<ExitCode> {
  await checkReportOptions(options, io)
  const stored = await loadUnaltered(storeFor(io, null), reference)
  if (stored.manifest.rules) throw new UserError(onlyOnce(stored.manifest.id, stored.manifest.rules))
  const settings = {
    ...stored.suite.gate,
    strict: options.strict ?? stored.suite.gate.strict,
    baseline: options.baseline ?? stored.suite.gate.baseline,
    force: options.force ?? false,
  }
  const baseline = await readBaseline(settings.baseline, stored.suite.name, io)
  const judged = judgeRun(stored, settings, baseline, stored.warnings)
  await report(judged, options, io)
  const code = judged.verdict?.exitCode
  const known = Object.values(exitCodes).find(value => value === code)
  if (known === undefined) throw new InfraError('the gate came to no verdict')
  return known
}

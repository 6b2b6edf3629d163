import { calibrate as compareWithPeople } from '../core/calibrate.ts'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { renderCalibrations } from '../reporters/calibration.ts'
import { paintFor } from '../reporters/paint.ts'
import { answer, answerJson, type Io } from './io.ts'
import { readLabels } from './label-file.ts'
import { loadUnaltered } from './unaltered.ts'
import { storeFor } from './wiring.ts'

export interface CalibrateOptions {
  labels: string
  grader?: string
  json?: boolean
}

/** `agent-eval calibrate RUN --labels FILE`: how far the judges of a run agree with people; exit code 3 if one may not gate. */
export async function calibrate(reference: string, options: CalibrateOptions, io: Io): Promise<ExitCode> {
  const { trials } = await loadUnaltered(storeFor(io, null), reference)
  const all = await readLabels(options.labels, io)
  const wanted =
    options.grader === undefined
      ? all
      : all.flatMap(label =>
          label.grader === null || label.grader === options.grader
            ? [{ ...label, grader: options.grader ?? null }]
            : [],
        )
  if (wanted.length === 0)
    throw new UserError(
      `${options.labels} has no label${options.grader === undefined ? '' : ` of grader ${options.grader}`}: write one line for each trial that a person has judged`,
    )
  const calibrations = compareWithPeople(trials, wanted)
  if (options.json) answerJson(io, { calibrations })
  else
    answer(
      io,
      renderCalibrations(calibrations, {
        paint: paintFor(io.stdout, io.env),
        columns: io.stdout.columns ?? 100,
      }),
    )
  return calibrations.every(({ mayGate }) => mayGate) ? exitCodes.pass : exitCodes.inconclusive
}

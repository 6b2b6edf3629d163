import type { Calibration } from '../core/calibrate.ts'
import { count, percent } from '../core/words.ts'
import { aligned } from './columns.ts'
import { indented, type TextStyle } from './comparison.ts'
import { formatPercent, formatRange, unknown } from './format.ts'
import { toned } from './paint.ts'
import { safeText, wrap } from './text.ts'

/** How far judges agree with people, for `agent-eval calibrate`: first whether they may gate. */
export function renderCalibrations(calibrations: readonly Calibration[], style: TextStyle): string {
  return calibrations.map(each => renderOne(each, style)).join('\n\n')
}

function renderOne(calibration: Calibration, { paint, columns }: TextStyle): string {
  const { grader, labels, mayGate, reasons } = calibration
  const words = mayGate ? 'MAY GATE.' : 'MAY NOT GATE.'
  const [first = '', ...more] = wrap(
    `${words} ${safeText(grader)}: ${count(labels, 'label')} of people beside its verdicts.`,
    columns,
  )
  const [head = '', ...rows] = aligned([
    ['setup', 'by the judge', 'corrected by labels', 'corrected by error rates'],
    ...calibration.setups.map(rowOf),
  ])
  return [
    toned(paint.strong(words), mayGate ? 'good' : 'bad', paint) + first.slice(words.length),
    ...more.map(line => `  ${line}`),
    ...[...reasons, ...quality(calibration)].flatMap(text => indented(text, columns)),
    '',
    paint.strong(head),
    ...rows,
  ].join('\n')
}

function quality({ quality: { truePass, trueFail, sharpness, trialsFactor }, kappa }: Calibration): string[] {
  const share = (rate: typeof truePass): string =>
    rate === null ? unknown : `${formatPercent(rate.value)} (n ${rate.n}, likely ${formatRange(rate)})`
  return [
    `Of what people pass it passes ${share(truePass)}; of what they fail it fails ${share(trueFail)}.`,
    ...(kappa === null
      ? []
      : [
          `Agreement beyond chance (Cohen's kappa; 1 is full): ${kappa.value.toFixed(2)}, likely ${kappa.lo.toFixed(2)} to ${kappa.hi.toFixed(2)} (n ${kappa.n}).`,
        ]),
    ...(sharpness === null || trialsFactor === null
      ? []
      : [
          `Where it errs alike on both sides, it shows ${percent(sharpness)} of a true drop: to see it takes ${trialsFactor.toFixed(1)} times the trials that a judge without error needs.`,
        ]),
  ]
}

function rowOf({ setup, labels, judged, corrected, byErrors }: Calibration['setups'][number]): string[] {
  return [
    safeText(setup),
    `${formatPercent(judged.value)} of ${judged.n}, likely ${formatRange(judged)}`,
    corrected === null
      ? unknown
      : `${formatPercent(corrected.value)}, likely ${formatRange(corrected)} (${count(labels, 'label')})`,
    byErrors === null ? unknown : formatPercent(byErrors),
  ]
}

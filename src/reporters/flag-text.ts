import type { Flag, FlagEvidence } from '../model/flag.ts'
import type { Trial } from '../model/trial.ts'
import { count } from './format.ts'
import type { Paint } from './paint.ts'
import { firstLine, safeText, wrap } from './text.ts'

/** A flag in one line, safe for a terminal: what it means and the first place where it shows. */
export function flagLine({ explanation, evidence: [first] }: Flag): string {
  return firstLine(`${explanation}${first ? ` ${evidenceText(first)}` : ''}`)
}

/** All flags of one kind with all their evidence, for people who look at one trial. */
export function flagLines(
  title: string,
  flags: readonly Flag[],
  paint: Paint,
  tone: (text: string) => string,
  columns: number,
): string[] {
  if (flags.length === 0) return []
  return [
    paint.strong(title),
    ...flags.flatMap(({ kind, explanation, evidence }) => [
      ...wrap(safeText(`${kind}: ${explanation}`), columns - 2).map(line => `  ${tone(line)}`),
      ...evidence.map(each => `    ${firstLine(evidenceText(each))}`),
    ]),
  ]
}

/** Sentences about how many trials of a run are flagged, and how many have notices. */
export function flagSummary(trials: readonly Trial[]): string[] {
  const flagged = trials.filter(({ flags }) => flags.length > 0)
  const noticed = trials.filter(({ notices }) => notices.length > 0)
  const kinds = (of: (trial: Trial) => readonly Flag[], all: readonly Trial[]): string =>
    [...new Set(all.flatMap(trial => of(trial).map(({ kind }) => kind)))].slice(0, 6).join(', ')
  return [
    ...(flagged.length > 0
      ? [
          `Tampering: ${count(flagged.length, 'trial')} flagged and failed for it (${kinds(({ flags }) => flags, flagged)}).`,
        ]
      : []),
    ...(noticed.length > 0
      ? [
          `Worth a look in ${count(noticed.length, 'trial')} (first: ${noticed[0]?.id}), without bearing on the verdict: ${kinds(({ notices }) => notices, noticed)}.`,
        ]
      : []),
  ]
}

function evidenceText(evidence: FlagEvidence): string {
  if ('command' in evidence) return `ran: ${evidence.command}`
  const { file, line, text } = evidence
  return `${file}${line === null ? '' : `:${line}`}: ${text}`
}

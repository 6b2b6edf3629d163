import type { ClaimFinding, SideBySide } from '../model/report.ts'
import {
  formatCost,
  formatPoints,
  formatRange,
  formatPercent,
  formatRatio,
  signedPoints,
  unknown,
} from './format.ts'

/** Several setups side by side in words and rows, ready to be drawn as text or as Markdown. */
export interface OffersView {
  /** What still stands out among so many. */
  sentences: string[]
  heads: string[]
  rows: string[][]
  /** Each beating with its ranges. */
  notes: string[]
}

type Offer = SideBySide['offers'][number]

/** Null where there is nothing to tell: fewer than two setups with a known cost, and no more than two in all. */
export function offersView({ changes, offers }: SideBySide): OffersView | null {
  const priced = offers.filter(({ costUsd }) => costUsd !== null)
  const [base] = offers
  if (!base || (priced.length < 2 && changes.length === 0)) return null
  const name = namer(offers)
  const sentences = changes.length === 0 ? [] : [stillStandsOut(name(base), changes, name)]
  if (priced.length < 2) return { sentences, heads: [], rows: [], notes: [] }
  const perhaps = offers.some(({ beatenBy }) => beatenBy.some(({ shown }) => !shown))
  return {
    sentences,
    heads: ['quality and cost', 'pass rate', 'likely', 'cost per trial', 'beaten by'],
    rows: offers.map(offer => [name(offer), ...rateCells(offer), costCell(offer), beatenCell(offer, name)]),
    notes: [
      // Of two the table above has said it.
      ...(offers.length > 2 ? offers : []).flatMap(offer =>
        offer.beatenBy.map(
          ({ difference, cost, ...by }) =>
            `${name(by)} against ${name(offer)}: ${formatPoints(difference.value)}, likely ${signedPoints(difference.lo)} to ${signedPoints(difference.hi)}; cost ${formatRatio(cost)}`,
        ),
      ),
      ...(perhaps
        ? ['perhaps: better and no dearer, or cheaper and no worse, on average only: it may be chance']
        : []),
    ],
  }
}

function stillStandsOut(
  base: string,
  changes: SideBySide['changes'],
  name: (who: SideBySide['changes'][number]) => string,
): string {
  const named = (wanted: 'regressed' | 'improved' | 'none'): string =>
    changes
      .filter(({ change }) => change === wanted)
      .map(name)
      .join(', ')
  const [worse, better, rest] = [named('regressed'), named('improved'), named('none')]
  const told = [
    ...(worse === '' ? [] : [`worse: ${worse}`]),
    ...(better === '' ? [] : [`better: ${better}`]),
    ...(rest === '' ? [] : [`no difference shown: ${rest}`]),
  ]
  return `With ${changes.length} setups held against ${base} at once, this still stands: ${told.join('; ')}.`
}

/** What was claimed of each setup and what the trials show of it, one sentence each. */
export function claimSentences(claims: readonly ClaimFinding[]): string[] {
  const name = namer(claims)
  return claims.map(claim => {
    const { notWorse, cheaper, sound, finding } = claim
    const doubt = sound ? '' : ', as the trials themselves are in doubt (see the verdict)'
    const parts = [
      ...(notWorse
        ? [
            `not worse than ${formatPlain(notWorse.points)} ${notWorse.points === 1 ? 'point' : 'points'}: ${notWorse.finding}, best guess ${formatPoints(notWorse.difference.value)}, likely ${signedPoints(notWorse.difference.lo)} to ${signedPoints(notWorse.difference.hi)} (n ${notWorse.n})`,
          ]
        : []),
      ...(cheaper
        ? [
            `${formatPlain(cheaper.percent)} % cheaper: ${cheaper.finding}, ${cheaper.ratio ? `best guess ${formatRatio(cheaper.ratio)}` : 'as the cost is unknown'}`,
          ]
        : []),
    ]
    return `${finding.toUpperCase()} for ${name(claim)}${doubt}: ${parts.join('; ')}.`
  })
}

/** Within one run setups are told apart by name, else by where they come from as well. */
function namer(
  all: readonly Pick<Offer, 'label' | 'setup'>[],
): (who: Pick<Offer, 'label' | 'setup'>) => string {
  const several = new Set(all.map(({ label }) => label)).size > 1
  return ({ label, setup }) => (several ? `${setup} (${label})` : setup)
}

function rateCells({ passRate }: Offer): [string, string] {
  if (passRate === null) return [unknown, '']
  return [`${formatPercent(passRate.value)} of ${passRate.n}`, `${formatRange(passRate)} %`]
}

function costCell({ costUsd, passRate }: Offer): string {
  if (costUsd === null) return unknown
  return `${formatCost(costUsd.value)}${costUsd.n === passRate?.n ? '' : ` (n ${costUsd.n})`}`
}

function beatenCell({ beatenBy, costUsd }: Offer, name: ReturnType<typeof namer>): string {
  if (costUsd === null) return unknown
  if (beatenBy.length === 0) return 'none'
  return beatenBy.map(({ shown, ...by }) => `${shown ? '' : 'perhaps '}${name(by)}`).join(', ')
}

function formatPlain(value: number): string {
  return String(Number(value.toFixed(2)))
}

import { digestOf, needsApproval } from '../core/approval.ts'
import type { Report } from '../model/report.ts'
import type { RuleChange, Rules } from '../model/rules.ts'
import type { TextStyle } from './comparison.ts'
import { plainPaint, toned } from './paint.ts'
import { displayWidth, safeText, wrap } from './text.ts'

/** So many differences of one item are told. */
const mostDetails = 4

/** One line about the rules of a gate. */
export interface RuleLine {
  state: 'needs approval' | 'approved' | 'new, not run' | 'tested'
  /** What `--approve` takes; '' for what is tested. */
  item: string
  text: string
}

/** What differs between base and working tree, what must be approved first. */
export function ruleLines({ changes, underTest }: Rules): RuleLine[] {
  const lines = changes.map(change => ({ state: stateOf(change), item: change.item, text: textOf(change) }))
  const open = lines.filter(({ state }) => state === 'needs approval')
  return [
    ...open,
    ...lines.filter(line => !open.includes(line)),
    ...(underTest.length > 0 ? [{ state: 'tested' as const, item: '', text: some(underTest) }] : []),
  ]
}

/** "Rules of origin/main (1a2b3c4); tested is 5d6e7f8, with uncommitted changes." */
export function rulesTitle({ base }: Rules, run: Report['run'] | null): string {
  const title = `Rules of ${base.name} (${base.commit.slice(0, 7)})`
  if (!run) return `${title}.`
  const { suiteCommit, suiteDirty } = run.provenance
  return `${title}; tested is ${suiteCommit?.slice(0, 7) ?? 'no commit'}${suiteDirty ? ', with uncommitted changes' : ''}.`
}

/** How to agree; null where nothing is left to be approved. */
export function howToApprove({ changes }: Rules): string | null {
  if (!changes.some(needsApproval)) return null
  return `To approve one: --approve ITEM; all of them as they are now: --approve ${digestOf(changes)}`
}

/** The same for people, as lines of text; none where the rules are those of the working tree. */
export function describeRules(
  rules: Rules | null,
  run: Report['run'] | null = null,
  style: TextStyle = { paint: plainPaint, columns: 100 },
): string[] {
  if (!rules) return []
  const how = howToApprove(rules)
  return [
    safeText(rulesTitle(rules, run)),
    ...drawn(ruleLines(rules), style),
    // Not broken: it is there to be copied.
    ...(how === null ? [] : [`  ${how}`]),
  ]
}

/** States and items below each other, and what is said of them beside them, on as many lines as it takes. */
function drawn(lines: readonly RuleLine[], { paint, columns }: TextStyle): string[] {
  const rows = lines.map(line => ({ ...line, item: oneLine(line.item), text: oneLine(line.text) }))
  const states = Math.max(0, ...rows.map(({ state }) => state.length))
  const items = Math.max(0, ...rows.map(({ item }) => displayWidth(item)))
  return rows.flatMap(({ state, item, text }) => {
    const tone = state === 'needs approval' ? 'bad' : 'quiet'
    const start = `  ${toned(state, tone, paint)}${' '.repeat(states - state.length + 2)}`
    const before = `${item}${' '.repeat(items - displayWidth(item) + 2)}`
    const indent = 2 + states + 2
    const [first = '', ...more] = wrap(`${before}${text}`, Math.max(40, columns - indent))
    return [`${start}${first}`.trimEnd(), ...more.map(part => `${' '.repeat(indent + 2)}${part}`)]
  })
}

function stateOf(change: RuleChange): RuleLine['state'] {
  if (change.approved) return 'approved'
  return needsApproval(change) ? 'needs approval' : 'new, not run'
}

function textOf({ change, details }: RuleChange): string {
  const isSaid = change === 'changed' && details.length > 0
  return [...(isSaid ? [] : [change]), ...(details.length > 0 ? [some(details)] : [])].join(': ')
}

function some(details: readonly string[]): string {
  const left = details.length - mostDetails
  return details.slice(0, mostDetails).join('; ') + (left > 0 ? `; and ${left} more` : '')
}

function oneLine(text: string): string {
  return safeText(text).replaceAll(/\n/g, ' ')
}

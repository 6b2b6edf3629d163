import { exitCodes } from '../errors.ts'
import type { Decision, Verdict } from '../model/report.ts'
import type { Case, CompareOptions } from './case.ts'
import type { Finding } from './evidence.ts'
import { troubleOf } from './infrastructure.ts'
import type { PairedTask } from './paired-tasks.ts'
import { findingSentences, howToDecide, notes } from './sentences.ts'
import { someOf, when } from './words.ts'

/**
 * One comparison's verdict. What was not measured at all, because the context of a setup did not reach its model or that of
 * another did, comes first: no number means anything then. A clear regression stands whatever else is wrong; then comes what makes the trials worthless,
 * then what makes the sides incomparable, and only then what the trials say.
 */
export function verdictOf(facts: Case): Verdict {
  const { base, candidate, paired, evidence, options } = facts
  const doubts = [...new Set([...facts.base.doubts, ...facts.candidate.doubts])]
  if (doubts.length > 0) return verdict('invalid', doubts, options)
  const isRed = (finding: Finding): boolean =>
    exitCodeOf(finding, { ...options, gate: true }) !== exitCodes.pass
  const trouble = troubleOf(
    paired,
    { base: base.label, candidate: candidate.label },
    evidence,
    options.margin / 100,
    isRed,
  )
  const obstacles = options.gate || !evidence ? obstaclesOf(facts) : []
  const findings = evidence ? findingSentences(facts, evidence) : []
  const rest = notes(facts)

  if (evidence?.finding === 'regressed' && (trouble.reasons.length === 0 || trouble.regressedAnyway))
    return verdict('regressed', [...findings, ...trouble.reasons, ...obstacles, ...rest], options)
  if (trouble.reasons.length > 0) {
    const next = 'See why these trials errored and resume the run: whatever it shows now may come from that.'
    return verdict('infrastructure', [...trouble.reasons, next, ...findings, ...obstacles, ...rest], options)
  }
  if (obstacles.length > 0 || !evidence)
    return verdict('incomparable', [...obstacles, ...findings, ...rest], options)
  const open = evidence.finding === 'inconclusive' ? [howToDecide(facts)] : []
  return verdict(evidence.finding, [...findings, ...open, ...rest], options)
}

/** The exit code of a gate with this decision; 0 where no gate was asked for. */
export function exitCodeOf(
  decision: Decision,
  { strict, gate }: Pick<CompareOptions, 'strict' | 'gate'>,
): number {
  if (!gate) return exitCodes.pass
  switch (decision) {
    case 'regressed':
      return exitCodes.regressed
    case 'infrastructure':
    case 'invalid':
      return exitCodes.infrastructure
    case 'incomparable':
    case 'needs-approval':
      return exitCodes.inconclusive
    case 'inconclusive':
      return strict ? exitCodes.inconclusive : exitCodes.pass
    case 'no-drop':
    case 'improved':
      return exitCodes.pass
  }
}

function verdict(decision: Decision, reasons: string[], options: CompareOptions): Verdict {
  return { decision, reasons, exitCode: exitCodeOf(decision, options) }
}

/** Why the sides must not be held against each other by a gate. A changed setup is no such reason: it is what is tested. */
function obstaclesOf({ base, candidate, paired, evidence }: Case): string[] {
  const namesOf = (kind: PairedTask['kind']): string[] =>
    paired.filter(entry => entry.kind === kind).map(({ task }) => task)
  const differing = namesOf('differs')
  const removed = namesOf('removed')
  return [
    ...when(
      evidence !== null && base.setup !== candidate.setup,
      `Setup ${candidate.setup} was held against setup ${base.setup}: a gate compares a setup with its own baseline. Accept one for ${candidate.setup}.`,
    ),
    ...when(
      differing.length > 0,
      `Not the same on both sides: ${someOf(differing)}. If the change is meant, accept a new baseline; if not, restore the task.`,
    ),
    ...when(
      removed.length > 0,
      `In ${base.label} but not in ${candidate.label}: ${someOf(removed)}. Run the whole suite, restore the task, or accept a new baseline without it.`,
    ),
    ...when(
      evidence === null && differing.length === 0 && removed.length === 0,
      `${base.label} and ${candidate.label} have no task in common. Compare runs of one suite, or accept a new baseline.`,
    ),
  ]
}

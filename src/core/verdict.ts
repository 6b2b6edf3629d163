import { exitCodes } from '../errors.ts'
import type { Conditions } from '../model/baseline.ts'
import type { Decision, Side, Verdict } from '../model/report.ts'
import { savingSentences, taskSentences, troubleSentences } from './adaptive/sentences.ts'
import type { AdaptiveFinding, Case, CompareOptions } from './case.ts'
import type { Evidence, Finding } from './evidence.ts'
import { troubleOf } from './infrastructure.ts'
import type { PairedTask } from './paired-tasks.ts'
import { adaptiveFindings, findingSentences, howToDecide, notes } from './sentences.ts'
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
  if (options.adaptive && evidence) return adaptiveVerdict(facts, evidence, options.adaptive)
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

/** What an adaptive gate came to by its own looks; obstacles come before anything but a regression. */
function adaptiveVerdict(facts: Case, evidence: Evidence, found: AdaptiveFinding): Verdict {
  const { pairs, options } = facts
  const { outcome, trouble } = found
  const obstacles = obstaclesOf(facts)
  const told = [...taskSentences(outcome, pairs), ...savingSentences(outcome)]
  const rest = notes(facts)
  const finding = outcome.verdict === 'budget' ? 'inconclusive' : outcome.verdict
  if (finding === null || finding === 'infrastructure') {
    const why =
      finding === null ? ['It has not come to its verdict: resume the run.'] : troubleSentences(trouble)
    return verdict('infrastructure', [why.join(' '), ...obstacles, told.join(' '), ...rest], options)
  }
  const findings = adaptiveFindings(facts, { ...evidence, finding }, found, told)
  if (obstacles.length > 0 && finding !== 'regressed')
    return verdict('incomparable', [...obstacles, ...findings, ...rest], options)
  const open =
    outcome.verdict === 'budget'
      ? [
          'What is left of the budget may not pay the next trials, so there is no verdict: allow more, or name fewer tasks.',
        ]
      : finding === 'inconclusive'
        ? [howToDecide(facts)]
        : []
  return verdict(finding, [...findings, ...open, ...rest], options)
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
function obstaclesOf({ base, candidate, paired, evidence, options }: Case): string[] {
  const namesOf = (kind: PairedTask['kind']): string[] =>
    paired.filter(entry => entry.kind === kind).map(({ task }) => task)
  const differing = namesOf('differs')
  const removed = namesOf('removed')
  return [
    ...when(
      evidence !== null && base.setup !== candidate.setup,
      `Setup ${candidate.setup} was held against setup ${base.setup}: a gate compares a setup with its own baseline. Accept one for ${candidate.setup}.`,
    ),
    ...(options.gate && !options.force ? unlikeConditions(base, candidate) : []).map(
      what =>
        `Not measured alike: ${what}. Run under the conditions of ${base.label}, accept a new baseline, or compare all the same with --force.`,
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
      evidence === null && paired.every(({ kind }) => kind === 'added'),
      `${base.label} and ${candidate.label} have no task in common. Compare runs of one suite, or accept a new baseline.`,
    ),
  ]
}

/** What differs in how the sides were measured, as far as both tell. */
function unlikeConditions(base: Side, candidate: Side): string[] {
  const [before, now] = [base.conditions, candidate.conditions]
  if (!before || !now) return []
  const words = ({ unenforced }: Conditions): string =>
    unenforced.length === 0 ? 'all limits enforced' : `no limit of ${unenforced.join(', ')}`
  return [
    ...when(
      before.isolation !== now.isolation,
      `isolation ${before.isolation} in ${base.label}, ${now.isolation} in ${candidate.label}`,
    ),
    ...when(
      words(before) !== words(now),
      `${words(before)} in ${base.label}, ${words(now)} in ${candidate.label}`,
    ),
  ]
}

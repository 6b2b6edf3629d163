import type { TaskPair } from './paired-tasks.ts'
import { atMost, meanLevel, suspectsOf, taskLevel, type Evidence } from './evidence.ts'
import { moreTrials } from './stats/more-trials.ts'
import { mean, rateOf, sum } from './stats/pair.ts'
import { arrow } from './task-changes.ts'
import type { AdaptiveOutcome } from '../model/adaptive.ts'
import type { AdaptiveFinding, Case } from './case.ts'
import { bestGuess, change, count, dollars, plural, someOf, when } from './words.ts'

/** Up to so many tasks the raw counts say more than a mean. */
const fewTasks = 5

/** Below either of these only large changes can be seen. */
const fewTrialsOfTask = 3
const fewTrials = 60

/** What the trials say: how many there are, the change of the pass rate, and how sure it is; then the tasks that changed for sure. */
export function findingSentences(facts: Case, evidence: Evidence): string[] {
  const changed = [
    ...changedTasks('Broken', facts.pairs, evidence.taskRegressed),
    ...changedTasks('Mended', facts.pairs, evidence.taskImproved),
  ]
  return paragraphs(
    [measured(facts), changeSentence(facts, evidence), ...certainty(evidence, facts.options.margin)],
    [...changed, ...unnamed(facts.pairs, evidence)],
  )
}

/** The same of a gate that stopped as soon as it was sure; `tasks` and `saving` are told with it. */
export function adaptiveFindings(
  facts: Case,
  evidence: Evidence,
  { outcome }: AdaptiveFinding,
  told: readonly string[],
): string[] {
  const { finding } = evidence
  const alarms =
    finding === 'regressed'
      ? ['This check cries wolf in at most 5 of 100 unchanged setups.']
      : finding === 'improved'
        ? ['This check calls at most 5 of 100 unchanged setups improved.']
        : certainty(evidence, facts.options.margin)
  return paragraphs([measured(facts, outcome), changeSentence(facts, evidence), ...alarms], told)
}

function paragraphs(...all: readonly (readonly string[])[]): string[] {
  return all.filter(({ length }) => length > 0).map(sentences => sentences.join(' '))
}

/** What it rests on: "20 tasks, 86 trials ($61) against 400." */
function measured({ pairs }: Case, outcome: AdaptiveOutcome | null = null): string {
  const trialsOf = (side: 'base' | 'candidate'): number => sum(pairs.map(pair => pair[side].graded))
  const known = pairs.flatMap(({ candidate }) => candidate.costUsd)
  const all = trialsOf('candidate')
  const [paid, unpriced] = outcome
    ? [outcome.spentUsd, outcome.unpriced]
    : [sum(known.toSorted((a, b) => a - b)), all - known.length]
  const partly = unpriced > 0 ? `, ${count(unpriced, 'trial')} of unknown cost` : ''
  const cost = unpriced === 0 || paid > 0 ? ` (${dollars(paid)}${partly})` : ''
  return `${count(pairs.length, 'task')}, ${count(all, 'trial')}${cost} against ${trialsOf('base')}.`
}

function changeSentence({ pairs, options }: Case, { finding, difference }: Evidence): string {
  if (finding === 'no-drop' || finding === 'inconclusive') return `${bestGuess(difference)}.`
  const rate = (side: 'base' | 'candidate'): number => mean(pairs.map(pair => rateOf(pair[side])))
  const beyond =
    difference.hi < -options.margin / 100
      ? `, by more than the margin of ${count(options.margin, 'point')}`
      : ''
  // Tasks that broke while others happened to do better: without a word on it the number would contradict the verdict.
  const hidden =
    (finding === 'regressed' && difference.value >= 0) || (finding === 'improved' && difference.value <= 0)
  const opening = hidden ? 'The mean hides what single tasks did: pass rate' : 'Pass rate'
  return `${opening} ${change(rate('base'), rate('candidate'), difference)}${beyond}.`
}

function certainty(evidence: Evidence, margin: number): string[] {
  switch (evidence.finding) {
    case 'regressed':
      return restsOnOneTask(evidence)
        ? ['This check names a sound task in at most 1 of 100 unchanged setups.']
        : ['This check cries wolf in about 5 of 100 unchanged setups.']
    case 'improved':
      return restsOnOneTask(evidence)
        ? ['This check calls a task mended in at most 1 of 100 unchanged setups.']
        : ['This check calls about 5 of 100 unchanged setups improved.']
    case 'no-drop':
      return [`A drop smaller than ${count(margin, 'point')} may have been missed.`]
    case 'inconclusive':
      return [`A drop beyond ${count(margin, 'point')} is neither shown nor ruled out.`]
  }
}

/** Whether the finding stands because of tasks that are named, and not by the mean. */
function restsOnOneTask({ finding, pRegressed, pImproved, taskRegressed, taskImproved }: Evidence): boolean {
  const [mean, tasks] = finding === 'regressed' ? [pRegressed, taskRegressed] : [pImproved, taskImproved]
  return !atMost(mean, meanLevel) && tasks.some(p => atMost(p, taskLevel))
}

/** Where tasks changed too far for chance, but the mean did not and no task stands out: what to look at. */
function unnamed(pairs: readonly TaskPair[], evidence: Evidence): string[] {
  const { finding, pRegressed, pImproved } = evidence
  const direction = finding === 'regressed' ? 'worse' : finding === 'improved' ? 'better' : null
  if (direction === null || restsOnOneTask(evidence)) return []
  if (atMost(direction === 'worse' ? pRegressed : pImproved, meanLevel)) return []
  const suspects = suspectsOf(pairs, direction)
  const [verb, became] = direction === 'worse' ? ['fell', 'broke'] : ['rose', 'was mended']
  return [
    `Single tasks ${verb} further than chance does in 1 of 200 unchanged setups, most of all: ${someOf(suspects.map(pair => `${pair.task} (${arrow(pair)})`))}.`,
    `Run at least 10 trials of ${plural(suspects.length, 'it', 'them')} on both sides to know what ${became}.`,
  ]
}

function changedTasks(word: string, pairs: readonly TaskPair[], adjusted: readonly number[]): string[] {
  const found = pairs.filter((_, i) => atMost(adjusted[i] ?? 1, taskLevel))
  if (found.length === 0) return []
  return [
    `${word} ${plural(found.length, 'task', 'tasks')}: ${someOf(found.map(pair => `${pair.task} (${arrow(pair)})`))}.`,
  ]
}

/** Nobody runs so many: the number would only say that there is next to no data. */
const tooManyMore = 50

/** Fewer of each task decide next to nothing. */
const decidingTrials = 5

/** How an open verdict would come to a close. */
export function howToDecide({ pairs, options }: Case): string {
  if (pairs.every(({ base, candidate }) => base.passed + candidate.passed === 0))
    return 'Nothing ever passed, so nothing can get worse: take tasks that pass at least now and then.'
  const more = moreTrials(pairs, options.margin / 100)
  if (more.perTask > tooManyMore) {
    const enough = pairs.every(pair => Math.min(pair.base.graded, pair.candidate.graded) >= decidingTrials)
    return enough
      ? 'So few tasks would take far too many trials: add tasks, or allow a wider margin.'
      : `So few trials decide nothing: run at least ${decidingTrials} of each task on both sides.`
  }
  if (more.side === 'base') {
    return (
      `No number of candidate trials would decide it, the base has too few: run ${more.perTask} more of each task for the base, ` +
      'and as many of each for the candidate as the base then has.'
    )
  }
  if (more.perTask === 0) {
    return 'These trials would have ruled it out had nothing changed at all, so there may be a smaller drop: run as many again, or allow a wider margin.'
  }
  return `${count(more.total, 'more trial')} (${more.perTask} of each task) would decide it nine times out of ten if nothing changed.`
}

/** What a reader must know beside the decision, each with what to do next. */
export function notes({ base, candidate, paired, pairs, options }: Case): string[] {
  const compared = pairs.length > 0
  const added = paired.filter(({ kind }) => kind === 'added').map(({ task }) => task)
  const skipped = paired
    .filter(({ kind }) => kind === 'removed' || kind === 'differs')
    .map(({ task }) => task)
  return [
    ...when(
      compared && pairs.length <= fewTasks,
      `Only ${count(pairs.length, 'task')}: look at the counts of each, and add tasks for a verdict about more than these.`,
    ),
    ...when(
      options.gate && base.setup === candidate.setup && base.setupFingerprint !== candidate.setupFingerprint,
      `Setup ${candidate.setup} itself has changed since ${base.label}: this verdict is about that change.`,
    ),
    ...when(
      added.length > 0,
      `Not in ${base.label}, so not compared: ${someOf(added)}. Accept a new baseline to include ${plural(added.length, 'it', 'them')}.`,
    ),
    ...when(
      compared && !options.gate && skipped.length > 0,
      `Not the same on both sides, so not compared: ${someOf(skipped)}. Run both sides on one version of the suite.`,
    ),
    // A gate that stops early runs as few as its verdict takes.
    ...(options.adaptive ? [] : fewTrialsNote(pairs)),
  ]
}

function fewTrialsNote(pairs: readonly TaskPair[]): string[] {
  if (pairs.length === 0) return []
  const trialsOf = (side: 'base' | 'candidate'): number[] => pairs.map(pair => pair[side].graded)
  const smallest = Math.min(...trialsOf('base'), ...trialsOf('candidate'))
  const inAll = Math.min(sum(trialsOf('base')), sum(trialsOf('candidate')))
  return when(
    smallest < fewTrialsOfTask || inAll < fewTrials,
    `Few trials (${inAll} on the smaller side): only large changes can be seen. Run at least ${fewTrialsOfTask} of each task and ${fewTrials} in all.`,
  )
}

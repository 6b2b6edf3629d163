import type { AdaptiveOutcome } from '../../model/adaptive.ts'
import type { TaskPair } from '../paired-tasks.ts'
import { arrow } from '../task-changes.ts'
import { count, dollars, plural, someOf, when } from '../words.ts'
import type { Trouble } from './infrastructure.ts'

/** What an adaptive gate found of single tasks. */
export function taskSentences({ broken, cleared }: AdaptiveOutcome, pairs: readonly TaskPair[]): string[] {
  const shown = broken.map(task => {
    const pair = pairs.find(each => each.task === task)
    return pair ? `${task} (${arrow(pair)})` : task
  })
  return [
    ...when(broken.length > 0, `Broken ${plural(broken.length, 'task', 'tasks')}: ${someOf(shown)}.`),
    ...when(
      cleared.length > 0,
      `Looked broken and ${plural(cleared.length, 'was', 'were')} not confirmed by more trials: ${someOf(cleared)}.`,
    ),
  ]
}

/** How far it went, and what that saved. */
export function savingSentences({
  verdict,
  round,
  rounds,
  saved,
  savedUsd,
  skipped,
  drifted,
}: AdaptiveOutcome): string[] {
  const worth = savedUsd !== null && savedUsd >= 0.01 ? ` (about ${dollars(savedUsd)})` : ''
  const early =
    round < rounds
      ? `Stopped after round ${round} of ${rounds}`
      : `Went on to the last of ${count(rounds, 'round')}`
  // What was not run for want of a verdict is not saved.
  const brokenOff = verdict === 'budget' || verdict === 'infrastructure'
  return [
    saved > 0 && !brokenOff
      ? `${early}: ${count(saved, 'trial')} saved${worth}.`
      : saved < 0
        ? `${early}: ${count(-saved, 'trial')} more than planned, to be sure of single tasks.`
        : `${early}.`,
    ...when(
      skipped.length > 0,
      `Not run, as ${plural(skipped.length, 'it', 'they')} never passed before and cannot get worse: ${someOf(skipped)}.`,
    ),
    ...when(
      drifted === true,
      'Baseline trials of today differ from the stored ones, so only trials of today were compared.',
    ),
  ]
}

/** Why the trials cannot carry a verdict. */
export function troubleSentences(trouble: readonly Trouble[]): string[] {
  const words: Record<Trouble, string> = {
    'nothing-graded': 'Of some tasks nothing could be graded.',
    'many-errors': 'More than 2 % of the trials errored time and again.',
    'uneven-errors': 'More trials errored than in the baseline.',
    'errors-decide': 'Counting the errored trials as failures would make it a regression.',
  }
  return trouble.map(each => words[each])
}

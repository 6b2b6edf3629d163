import type { Comparison, Ratio, TaskChange } from '../model/report.ts'
import { formatPoints, formatRatio, formatScoreDifference, signedPoints } from './format.ts'
import type { Cell, GridColumn } from './grid.ts'
import type { GridSide } from './side-column.ts'

interface Mark extends Cell {
  /** How much it needs reading: 0 not at all … 3 most. */
  weight: number
  /** What the mark means, for the line below the table; null where the word says it. */
  meaning: string | null
}

const none: Mark = { text: '', tone: 'quiet', weight: 0, meaning: null }

const noDifference: Mark = { ...none, text: '~', meaning: '~: no difference shown' }

/** The mark of a task's change. Only an established change is called worse or better. */
export function markOf(change: TaskChange | undefined): Mark {
  if (!change) return none
  switch (change.change) {
    case 'regressed':
      return { text: 'worse', tone: 'bad', weight: 3, meaning: null }
    case 'improved':
      return { text: 'better', tone: 'good', weight: 2, meaning: null }
    case 'incomparable':
      return {
        text: 'n/c',
        tone: 'unsure',
        weight: 2,
        meaning: 'n/c: not comparable (the task changed, or nothing was graded on one side)',
      }
    case 'added':
      return { text: 'new', tone: 'quiet', weight: 2, meaning: null }
    case 'removed':
      return { text: 'gone', tone: 'quiet', weight: 2, meaning: null }
    case 'unchanged':
      return noDifference
    case 'inconclusive':
      return inconclusiveMark(change)
  }
}

function inconclusiveMark({ delta, flipped, suspected }: TaskChange): Mark {
  if (delta === null || delta === 0) return noDifference
  const weight = flipped ? 2 : 1
  if (!suspected) return { ...noDifference, weight }
  return {
    text: delta < 0 ? 'lower?' : 'higher?',
    tone: flipped ? 'unsure' : 'quiet',
    weight,
    meaning: 'lower?, higher?: not sure of this task alone, more trials of it would tell',
  }
}

/** The column between two sides: the mark of each task, and for the whole suite the difference with its likely range. */
export function changeColumn(comparison: Comparison): GridColumn {
  const changes = new Map(comparison.tasks.map(change => [change.task, change]))
  const { difference } = comparison
  return {
    head: 'change',
    task: id => markOf(changes.get(id)),
    weight: id => markOf(changes.get(id)).weight,
    rate: cell(difference && formatPoints(difference.value)),
    likely: cell(difference && `${signedPoints(difference.lo)} to ${signedPoints(difference.hi)}`),
    score: cell(comparison.score && formatScoreDifference(comparison.score)),
    scoreTells: false,
    costUsd: cell(comparison.costUsd && formatRatio(comparison.costUsd)),
    tokens: cell(comparison.tokens && formatRatio(comparison.tokens)),
    durationMs: cell(comparison.durationMs && formatRatio(comparison.durationMs)),
    turns: cell(comparison.turns && formatRatio(comparison.turns)),
  }
}

const ofMeasures = 'per trial: mean over tasks; its change: that of a typical task (geometric mean)'

/** What the marks of these comparisons mean, and what a table with several candidates has no column for. */
export function notesOn(comparisons: readonly Comparison[], sides: readonly GridSide[]): string[] {
  const marks = comparisons.flatMap(comparison => comparison.tasks.map(change => markOf(change).meaning))
  const hasRatio = comparisons.some(
    ({ costUsd, tokens, durationMs, turns }) => costUsd ?? tokens ?? durationMs ?? turns,
  )
  const meanings = [...new Set(marks.filter(meaning => meaning !== null)), ...(hasRatio ? [ofMeasures] : [])]
  if (comparisons.length > 1) {
    return [
      ...comparisons.map((comparison, i) => `${sides[i + 1]?.head}: ${inWords(comparison)}`),
      ...meanings,
    ]
  }
  const onNew = comparisons[0]?.generalisation
  if (!onNew) return meanings
  const range = `${signedPoints(onNew.lo)} to ${signedPoints(onNew.hi)} points`
  return [...meanings, `on new tasks like these: likely ${range}`]
}

function inWords({ difference, score, costUsd, tokens, durationMs, turns }: Comparison): string {
  const points =
    difference &&
    `${formatPoints(difference.value)}, likely ${signedPoints(difference.lo)} to ${signedPoints(difference.hi)}`
  const ratios = Object.entries<Ratio | null>({ cost: costUsd, tokens, time: durationMs, turns }).flatMap(
    ([name, ratio]) => (ratio ? [`${name} ${formatRatio(ratio)}`] : []),
  )
  // Where each trial just passes or fails, scores say the same once more.
  const tells = score && difference && Math.abs(score.value - difference.value) > 1e-9
  const scores = tells ? [`score ${formatScoreDifference(score)}`] : []
  return [points ?? 'cannot be compared', ...scores, ...ratios].join('; ')
}

function cell(text: string | null): Cell {
  return { text: text ?? '', tone: 'plain' }
}

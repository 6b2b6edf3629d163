import type { Comparison, PerTrial, TaskChange } from '../model/report.ts'
import type { Measure, Rate, SetupSummary } from '../model/run.ts'
import { markOf } from './change-column.ts'
import {
  formatCost,
  formatDuration,
  formatPercent,
  formatRange,
  formatScore,
  formatTokens,
  formatTurns,
  unknown,
} from './format.ts'
import type { Cell, GridColumn, MeasureKey } from './grid.ts'

type Counts = Pick<NonNullable<TaskChange['base']>, 'passed' | 'graded' | 'errored'>

/** One side in a grid: a setup of the run, or of a baseline. */
export interface GridSide {
  head: string
  counts: ReadonlyMap<string, Counts>
  passRate: Rate | null
  /** What its trials take; null where nothing is known of them but their counts. */
  perTrial: PerTrial | null
  /** The side's setup in the report's run; null where the side comes from elsewhere. */
  summary: SetupSummary | null
  /** Whose marks of change stand in this column; null = none. */
  comparison: Comparison | null
}

/** The common base of some comparisons, then each candidate. */
export function sidesOf(comparisons: readonly Comparison[], summaries: readonly SetupSummary[]): GridSide[] {
  const [first] = comparisons
  if (!first) return []
  return [
    { ...sideOf(first, 'base', summaries), comparison: null },
    ...comparisons.map(comparison => ({
      ...sideOf(comparison, 'candidate', summaries),
      comparison: comparisons.length > 1 ? comparison : null,
    })),
  ]
}

/** "3/5" a task, with the mark of change where the side is one of several candidates. */
export function sideColumn(side: GridSide): GridColumn {
  const changes = new Map(side.comparison?.tasks.map(change => [change.task, change]))
  const { passRate } = side
  const score = side.perTrial?.score?.value ?? side.summary?.meanScore ?? null
  return {
    head: side.head,
    task: id => withMark(countCell(side.counts.get(id)), changes.get(id)),
    weight: id => Math.max(countWeight(side.counts.get(id)), markOf(changes.get(id)).weight),
    rate: plain(passRate === null ? unknown : `${formatPercent(passRate.value)} of ${passRate.n}`),
    likely: plain(passRate === null ? '' : `${formatRange(passRate)} %`),
    score: plain(score === null ? '' : formatScore(score)),
    // Where each trial just passes or fails, scores are the pass rate once more.
    scoreTells: score !== null && passRate !== null && Math.abs(score - passRate.value) > 1e-9,
    costUsd: measureCell(side, 'costUsd', formatCost),
    tokens: measureCell(side, 'tokens', formatTokens),
    durationMs: measureCell(side, 'durationMs', formatDuration),
    turns: measureCell(side, 'turns', formatTurns),
  }
}

function sideOf(
  comparison: Comparison,
  which: 'base' | 'candidate',
  summaries: readonly SetupSummary[],
): Omit<GridSide, 'comparison'> {
  const { setup, label, passRate } = comparison[which]
  const other = comparison[which === 'base' ? 'candidate' : 'base']
  const counts = new Map(
    comparison.tasks.flatMap(change => (change[which] ? [[change.task, change[which]]] : [])),
  )
  // A base of the candidate's own setup is a baseline or another run, even where its counts are the same.
  const summary =
    which === 'base' && setup === other.setup ? null : summaries.find(each => each.setup === setup)
  return {
    head: headOf({ setup, label }, other),
    counts,
    passRate,
    perTrial: comparison.perTrial?.[which] ?? null,
    summary: summary && sameCounts(summary, counts) ? summary : null,
  }
}

function sameCounts(summary: SetupSummary, counts: ReadonlyMap<string, Counts>): boolean {
  return summary.tasks.every(({ task, passed, graded }) => {
    const count = counts.get(task)
    return count === undefined ? graded === 0 : count.passed === passed && count.graded === graded
  })
}

function headOf(side: { setup: string; label: string }, other: { setup: string; label: string }): string {
  if (side.label === other.label) return side.setup
  if (side.label.includes(side.setup)) return side.label
  return side.setup === other.setup ? side.label : `${side.setup} (${side.label})`
}

function countCell(count: Counts | undefined): Cell {
  if (!count) return { text: '-', tone: 'quiet' }
  const errored = count.errored > 0 ? `${count.errored} errored` : ''
  if (count.graded === 0) return { text: errored || '-', tone: errored ? 'unsure' : 'quiet' }
  const text = `${count.passed}/${count.graded}${errored && `, ${errored}`}`
  const tone = count.passed === 0 ? 'bad' : count.passed < count.graded || errored ? 'unsure' : 'plain'
  return { text, tone }
}

function countWeight(count: Counts | undefined): number {
  return count && (count.passed < count.graded || count.errored > 0) ? 1 : 0
}

function withMark(cell: Cell, change: TaskChange | undefined): Cell {
  const { text, tone } = markOf(change)
  return text === '' ? cell : { text: `${cell.text} ${text}`, tone }
}

/**
 * What one trial takes: over the tasks that both sides know, else over all trials of the setup. Blank where nothing but counts is
 * known of the side's trials, "?" where no trial told.
 */
function measureCell(
  { summary, perTrial, counts }: GridSide,
  key: MeasureKey,
  format: (value: number | null) => string,
): Cell {
  const told: Measure | null = summary?.[key] ?? null
  const known = perTrial?.[key] ?? (told && { value: told.mean, n: told.n })
  if (known === null) return plain(summary === null ? '' : unknown)
  const all = [...counts.values()].reduce((trials, { graded }) => trials + graded, 0)
  return plain(`${format(known.value)}${known.n < all ? ` (n ${known.n})` : ''}`)
}

function plain(text: string): Cell {
  return { text, tone: 'plain' }
}

import type { Comparison } from '../model/report.ts'
import type { SetupSummary } from '../model/run.ts'
import { changeColumn, notesOn } from './change-column.ts'
import { count } from './format.ts'
import { groupBy } from './group-by.ts'
import { sideColumn, sidesOf, type GridSide } from './side-column.ts'
import type { Tone } from './paint.ts'

export interface Cell {
  text: string
  tone: Tone
}

/** What varies from trial to trial. */
export type MeasureKey = 'costUsd' | 'tokens' | 'durationMs' | 'turns'

/** One column under the task names: a setup, or the change between two. */
export interface GridColumn extends Record<MeasureKey, Cell> {
  head: string
  task(id: string): Cell
  /** How much the row of this task needs reading: 0 not at all … 3 most. */
  weight(id: string): number
  rate: Cell
  likely: Cell
  score: Cell
  /** Whether the score says what the pass rate does not. */
  scoreTells: boolean
}

export interface GridRow {
  label: string
  cells: Cell[]
}

/** A side-by-side, ready to be drawn as text or as Markdown. */
export interface Grid {
  /** "guided against bare"; null where the report has only this grid. */
  title: string | null
  comparisons: Comparison[]
  heads: string[]
  tasks: GridRow[]
  /** Tasks that are not listed; `omittedAlike` if all of them passed everywhere and nothing changed. */
  omitted: number
  omittedAlike: boolean
  totals: GridRow[]
  /** What the marks mean, and what holds for the whole comparison. */
  notes: string[]
}

/** With more tasks than this only those that need reading are listed, and at most as many. */
export const longestTaskList = 30

/**
 * The grids of a report: one for each base that something is compared with, and one for the setups that are in no
 * comparison.
 */
export function gridsOf(comparisons: readonly Comparison[], summaries: readonly SetupSummary[]): Grid[] {
  const groups = [...groupBy(comparisons, ({ base }) => JSON.stringify([base.label, base.setup])).values()]
  const compared = new Set(comparisons.flatMap(({ base, candidate }) => [base.setup, candidate.setup]))
  const alone = summaries.filter(summary => !compared.has(summary.setup))
  const grids = groups.map(group => comparisonGrid(group, summaries))
  if (alone.length > 0) grids.push(plainGrid(alone))
  return grids.length > 1 ? grids : grids.map(grid => ({ ...grid, title: null }))
}

/**
 * Comparisons with one common base as one grid. Two sides get a column for the change between them; with more candidates
 * the mark stands in each candidate's cell.
 */
export function comparisonGrid(comparisons: Comparison[], summaries: readonly SetupSummary[]): Grid {
  const sides = sidesOf(comparisons, summaries)
  const [only, ...others] = comparisons
  const columns = sides.map(sideColumn)
  if (only && others.length === 0) columns.push(changeColumn(only))
  const tasks = [...new Set(comparisons.flatMap(comparison => comparison.tasks.map(({ task }) => task)))]
  const names = sides.map(side => side.head)
  return {
    ...assemble(tasks, columns, suiteLabel(comparisons)),
    title: `${names.slice(1).join(', ')} against ${names[0]}`,
    comparisons,
    notes: notesOn(comparisons, sides),
  }
}

function plainGrid(summaries: readonly SetupSummary[]): Grid {
  const tasks = [...new Set(summaries.flatMap(summary => summary.tasks.map(({ task }) => task)))]
  const columns = summaries.map(summary => sideColumn(sideOfSummary(summary)))
  return {
    ...assemble(tasks, columns, taskLabel(tasks.length)),
    title: summaries.map(summary => summary.setup).join(', '),
    comparisons: [],
    notes: [],
  }
}

function sideOfSummary(summary: SetupSummary): GridSide {
  return {
    head: summary.setup,
    counts: new Map(summary.tasks.map(task => [task.task, task])),
    passRate: summary.passRate,
    perTrial: null,
    summary,
    comparison: null,
  }
}

type Assembled = Pick<Grid, 'heads' | 'tasks' | 'omitted' | 'omittedAlike' | 'totals'>

function assemble(tasks: readonly string[], columns: readonly GridColumn[], suite: string): Assembled {
  const listed = chooseTasks(tasks, columns)
  const row = (label: string, key: 'rate' | 'likely' | 'score' | MeasureKey): GridRow => ({
    label,
    cells: columns.map(column => column[key]),
  })
  const measures = [
    ...(columns.some(({ scoreTells }) => scoreTells) ? [row('mean score', 'score')] : []),
    row('cost per trial', 'costUsd'),
    row('tokens per trial', 'tokens'),
    row('time per trial', 'durationMs'),
    row('turns per trial', 'turns'),
  ]
  return {
    heads: ['task', ...columns.map(column => column.head)],
    tasks: listed.map(id => ({ label: id, cells: columns.map(column => column.task(id)) })),
    omitted: tasks.length - listed.length,
    omittedAlike: tasks.every(id => listed.includes(id) || weightOf(id, columns) === 0),
    totals: [
      row(suite, 'rate'),
      row('  likely', 'likely'),
      ...measures.filter(({ cells }) => cells.some(cell => cell.text !== '')),
    ],
  }
}

/** All tasks of a short list, unless there is nothing to read in any of them; of a long one those that need reading. */
function chooseTasks(tasks: readonly string[], columns: readonly GridColumn[]): string[] {
  const telling = tasks.filter(id => weightOf(id, columns) > 0)
  if (telling.length === 0) return []
  if (tasks.length <= longestTaskList) return [...tasks]
  const heaviest = telling.toSorted((a, b) => weightOf(b, columns) - weightOf(a, columns))
  const kept = new Set(heaviest.slice(0, longestTaskList))
  return tasks.filter(id => kept.has(id))
}

function weightOf(id: string, columns: readonly GridColumn[]): number {
  return Math.max(...columns.map(column => column.weight(id)))
}

function suiteLabel(comparisons: readonly Comparison[]): string {
  const compared = Math.min(...comparisons.map(comparison => comparison.comparedTasks))
  const all = Math.max(...comparisons.map(comparison => comparison.tasks.length))
  return compared === all ? taskLabel(all) : `${compared} of ${count(all, 'task')}`
}

function taskLabel(tasks: number): string {
  return tasks === 1 ? '1 task' : `all ${tasks} tasks`
}

import Table from 'cli-table3'
import { count } from './format.ts'
import { longestTaskList, type Cell, type Grid, type GridRow } from './grid.ts'
import type { Paint } from './paint.ts'
import { cutMiddle, displayWidth, safeText, wrap } from './text.ts'

const indent = '  '
const gap = 2
/** Names of tasks are not cut shorter than this, names of setups not shorter than their widest cell or this. */
const shortestName = 16

/**
 * Draws a grid within `columns` columns: task names are cut in the middle, and setups that do not fit next to each other
 * go into a second table below. `seeAll` is the command that shows the tasks that are left out.
 */
export function gridText(
  grid: Grid,
  { paint, columns, seeAll }: { paint: Paint; columns: number; seeAll: string },
): string {
  const tables = chunkColumns(grid, columns).map(chosen => drawTable(grid, chosen, paint, columns))
  const notes = [...omittedNote(grid), ...grid.notes].flatMap(note =>
    wrap(safeText(note), columns - 2 * indent.length).map(
      (line, i) => `${indent}${i === 0 ? '' : indent}${line}`,
    ),
  )
  // The command is never broken: it is there to be copied.
  const command = grid.omitted > 0 && grid.tasks.length > 0 ? [`${indent}see all: ${seeAll}`] : []
  return [...tables, ...[...notes, ...command].map(note => paint.quiet(note))].join('\n')
}

function omittedNote({ omitted, omittedAlike, tasks }: Grid): string[] {
  if (omitted === 0) return []
  if (tasks.length === 0) {
    return [
      omitted === 1
        ? 'no failed trial and no change'
        : `no failed trial and no change in any of the ${omitted} tasks`,
    ]
  }
  return [
    omittedAlike
      ? `not listed: ${count(omitted, 'task')} without a failed trial or a change`
      : `not listed: ${count(omitted, 'task')}, as only the ${longestTaskList} that most need reading are`,
  ]
}

function drawTable(grid: Grid, chosen: readonly number[], paint: Paint, columns: number): string {
  const names = Math.max(shortestName, columns - indent.length - usedBy(grid, chosen))
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap, compact: true },
  })
  const head = ['task', ...chosen.map(i => headText(grid, i))]
  table.push(head.map(text => paint.strong(text)))
  for (const row of grid.tasks) table.push(cellsOf(row, chosen, names, paint))
  if (grid.tasks.length > 0) table.push(head.map(() => ''))
  grid.totals.forEach((row, i) => {
    table.push(cellsOf(row, chosen, names, i === 0 ? { ...paint, plain: paint.strong } : paint))
  })
  return table
    .toString()
    .split('\n')
    .map(line => `${indent}${line}`.trimEnd())
    .join('\n')
}

function cellsOf(
  row: GridRow,
  chosen: readonly number[],
  names: number,
  paint: Paint & { plain?: (text: string) => string },
): string[] {
  const plain = paint.plain ?? ((text: string): string => text)
  const draw = ({ text, tone }: Cell): string => (tone === 'plain' ? plain(text) : paint[tone](text))
  return [plain(cutMiddle(safeText(row.label), names)), ...chosen.flatMap(i => row.cells[i] ?? []).map(draw)]
}

/** Groups the columns so that each group fits beside the shortest task names. A single wide column stands alone. */
function chunkColumns(grid: Grid, columns: number): number[][] {
  const labels = [...grid.tasks, ...grid.totals].map(row => displayWidth(safeText(row.label)))
  const names = Math.min(shortestName, Math.max(4, ...labels))
  const chunks: number[][] = []
  for (const column of grid.heads.slice(1).keys()) {
    const last = chunks.at(-1)
    if (last && indent.length + names + usedBy(grid, [...last, column]) <= columns) last.push(column)
    else chunks.push([column])
  }
  return chunks
}

/** Width of these columns with the gaps to their left. */
function usedBy(grid: Grid, chosen: readonly number[]): number {
  return chosen.reduce((sum, column) => sum + gap + widthOf(grid, column), 0)
}

function widthOf(grid: Grid, column: number): number {
  return Math.max(displayWidth(headText(grid, column)), widestCell(grid, column))
}

function widestCell(grid: Grid, column: number): number {
  return Math.max(...[...grid.tasks, ...grid.totals].map(row => displayWidth(row.cells[column]?.text ?? '')))
}

function headText(grid: Grid, column: number): string {
  return cutMiddle(safeText(grid.heads[column + 1] ?? ''), Math.max(shortestName, widestCell(grid, column)))
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
}

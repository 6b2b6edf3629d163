import type { Line } from './line.ts'

export interface Row {
  row: string
  lines: readonly Line[]
}

const columns = ['row', 'what', 'measured', 'reference', 'value', 'goal', 'reached']

/** All lines as one table of plain text. */
export function table(rows: readonly Row[]): string {
  const cells = rows.flatMap(({ row, lines }) =>
    lines.map(line => [
      row,
      line.what,
      line.measured,
      line.reference,
      line.shown,
      line.goal,
      line.wrong === null ? answer(line) : `WRONG: ${line.wrong}`,
    ]),
  )
  const widths = columns.map((title, at) =>
    Math.max(title.length, ...cells.map(cell => cell[at]?.length ?? 0)),
  )
  const format = (cell: readonly string[]): string =>
    cell
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [format(columns), format(widths.map(width => '-'.repeat(width))), ...cells.map(format)].join('\n')
}

function answer({ reached, goal }: Line): string {
  if (goal === '-') return '-'
  if (reached === null) return 'other size'
  return reached ? 'yes' : 'NO'
}

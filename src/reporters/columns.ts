import { displayWidth } from './text.ts'

/** Columns two spaces apart; the first and those from `left` on begin at the left, numbers end at the right. */
export function aligned(rows: readonly string[][], left = Infinity): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => displayWidth(row[column] ?? ''))),
  )
  return rows.map(row =>
    `  ${row
      .map((text, column) => {
        const width = widths[column] ?? 0
        return column === 0 || column >= left
          ? text + ' '.repeat(width - displayWidth(text))
          : text.padStart(width)
      })
      .join('  ')}`.trimEnd(),
  )
}

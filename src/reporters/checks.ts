import type { Paint } from './paint.ts'
import { wrap } from './text.ts'

/** One thing that `doctor` looked at: `absent` is no fault unless a suite needs it. */
export interface Check {
  group: string
  name: string
  state: 'ok' | 'absent' | 'broken'
  message: string
}

/** Messages are wrapped below each other, so that no line is wider than `columns`. */
export function renderChecks(checks: readonly Check[], paint: Paint, columns = 100): string {
  const width = Math.max(...checks.map(check => check.name.length))
  const mark = { ok: paint.good('ok     '), absent: paint.quiet('absent '), broken: paint.bad('broken ') }
  const groups = [...new Set(checks.map(check => check.group))]
  return groups
    .map(group => {
      const lines = checks
        .filter(check => check.group === group)
        .map(
          ({ state, name, message }) =>
            `  ${mark[state]} ${name.padEnd(width)}  ${below(message, width + 12, columns)}`,
        )
      return [paint.strong(group), ...lines].join('\n')
    })
    .join('\n')
}

/** Lines that start at a column, which the first of them has been brought to. What is indented stays so. */
function below(message: string, start: number, columns: number): string {
  const lines = message.split('\n').flatMap(line => {
    const indent = /^ */.exec(line)?.[0] ?? ''
    const room = Math.max(20, columns - start - indent.length)
    return wrap(line.slice(indent.length), room).map(part => `${indent}${part}`)
  })
  return lines.join(`\n${' '.repeat(start)}`)
}

import type { Paint } from './paint.ts'

/** One thing that `doctor` looked at: `absent` is no fault unless a suite needs it. */
export interface Check {
  group: string
  name: string
  state: 'ok' | 'absent' | 'broken'
  message: string
}

export function renderChecks(checks: readonly Check[], paint: Paint): string {
  const width = Math.max(...checks.map(check => check.name.length))
  const mark = { ok: paint.good('ok     '), absent: paint.quiet('absent '), broken: paint.bad('broken ') }
  const groups = [...new Set(checks.map(check => check.group))]
  return groups
    .map(group => {
      const lines = checks
        .filter(check => check.group === group)
        .map(
          check =>
            `  ${mark[check.state]} ${check.name.padEnd(width)}  ${check.message.replaceAll('\n', `\n${' '.repeat(width + 12)}`)}`,
        )
      return [paint.strong(group), ...lines].join('\n')
    })
    .join('\n')
}

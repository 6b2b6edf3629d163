import type { ModelCall } from '../model/model-call.ts'
import { formatCost, formatDuration, formatTokens } from './format.ts'
import type { Paint } from './paint.ts'
import { cutEnd, displayWidth, firstLine, safeText } from './text.ts'

const heads = ['call', 'at', 'took', 'lane', 'status', 'in', 'cached', 'out', 'cost', '']
const rightAligned = new Set([0, 1, 2, 5, 6, 7, 8])
const longestLane = 32
const longestNote = 60

/** Each request of an agent to its model's service, one line each, as the gateway saw it. */
export function renderCalls(calls: readonly ModelCall[], paint: Paint): string {
  if (calls.length === 0)
    return 'No model call was seen: the agent did not go through the gateway, or made none.'
  const rows = calls.map(rowOf)
  const widths = heads.map((head, i) =>
    Math.max(...[head, ...rows.map(row => row[i] ?? '')].map(displayWidth)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        const gap = ' '.repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(cell)))
        return rightAligned.has(i) ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  return [paint.strong(line(heads)), ...rows.map(row => line(row))].join('\n')
}

function rowOf(call: ModelCall): string[] {
  const { usage, api, end, status, error, retries } = call
  const told = api === null ? '' : null
  return [
    String(call.number),
    formatDuration(call.atMs),
    formatDuration(call.durationMs),
    cutEnd(safeText(api === null ? `${call.method} ${call.path}` : call.lane), longestLane),
    end === 'answered' ? String(status ?? '') : [end, status].filter(part => part !== null).join(' '),
    told ?? formatTokens(usage?.inputTokens ?? null),
    told ?? formatTokens(usage?.cacheReadTokens ?? null),
    told ?? formatTokens(usage?.outputTokens ?? null),
    told ?? formatCost(call.costUsd),
    cutEnd(
      [
        ...(retries > 0 ? [`after ${retries} more ${retries === 1 ? 'try' : 'tries'}`] : []),
        firstLine(error ?? ''),
      ]
        .filter(Boolean)
        .join(': '),
      longestNote,
    ),
  ]
}

import type { Paint } from './paint.ts'
import { safeText } from './text.ts'

/** A longer patch is cut, with a line that says where the rest is. */
const mostLines = 200

/** A patch, coloured. `folder` is where `patch.diff` stands. */
export function patchLines(patch: string, folder: string, paint: Paint): string[] {
  if (patch.trim() === '') return ['  empty: nothing was changed']
  const lines = safeText(patch).trimEnd().split('\n')
  const shown = lines.slice(0, mostLines).map(line => paintLine(line, paint))
  if (lines.length <= mostLines) return shown
  return [...shown, paint.quiet(`… ${lines.length - mostLines} more lines: ${safeText(folder)}/patch.diff`)]
}

function paintLine(line: string, paint: Paint): string {
  if (/^(diff |index |--- |\+\+\+ |new file|deleted file|similarity |rename )/.test(line))
    return paint.strong(line)
  if (line.startsWith('@@')) return paint.quiet(line)
  if (line.startsWith('+')) return paint.good(line)
  return line.startsWith('-') ? paint.bad(line) : line
}

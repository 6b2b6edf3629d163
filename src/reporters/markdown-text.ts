import { visibleControls } from './text.ts'

/**
 * Text from outside as an inline code span: in it Markdown, HTML, @mentions and links have no meaning. On one line, cut to
 * `longest` characters.
 */
export function code(text: string, longest = 300): string {
  const line = visibleControls(text).replaceAll(/\s+/g, ' ').trim()
  if (line === '') return ''
  const characters = [...line]
  const cut = characters.length > longest ? `${characters.slice(0, longest).join('')}…` : line
  const runs = cut.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(run => run.length)) + 1)
  const pad = cut.startsWith('`') || cut.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${cut}${pad}${fence}`
}

/** A code span for a cell of a table: a bar would end the cell even in code. */
export function cellCode(text: string): string {
  return code(text.replaceAll('|', '¦'), 80)
}

/** A sentence of ours that may quote names from outside: shown as it reads, without any markup, mention, link or formula. */
export function prose(text: string): string {
  const line = visibleControls(text).replaceAll(/\s+/g, ' ').trim()
  const harmless = line
    .replaceAll(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/^[-+]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    // A character of no width keeps "@name" from calling somebody, and "#1", "http://" and "www." from becoming links.
    .replaceAll(/[@#]/g, '$&\u200b')
    .replaceAll('://', ':\u200b//')
    .replaceAll(/www\./gi, '$&\u200b')
  return harmless
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('$', '&#36;')
}

/** Sections with an empty line between them, within a number of bytes: one that does not fit is left out as a whole. */
export function joinWithin(sections: readonly string[], maxBytes: number, leftOut: string): string {
  const room = maxBytes - sizeOf(leftOut)
  const kept: string[] = []
  let bytes = 0
  let complete = true
  for (const section of sections) {
    if (bytes + sizeOf(section) <= room) {
      kept.push(section)
      bytes += sizeOf(section)
    } else {
      if (complete) kept.push(leftOut)
      complete = false
    }
  }
  return `${kept.join('\n\n')}\n`
}

/** Bytes of a section with the empty line after it. */
function sizeOf(section: string): number {
  return Buffer.byteLength(section) + 2
}

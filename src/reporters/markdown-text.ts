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

/** A sentence of ours that may quote names from outside: shown as it reads, without any markup, mention or link. */
export function prose(text: string): string {
  return (
    visibleControls(text)
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\`*_{}[\]()#+!|~-]/g, String.raw`\$&`)
      // A character of no width keeps "@name" from calling somebody, and "http://" and "www." from becoming links.
      .replaceAll('@', '@\u200b')
      .replaceAll('://', ':\u200b//')
      .replaceAll(/www\./gi, '$&\u200b')
  )
}

/** Sections with an empty line between them, within a number of bytes: a section that does not fit is named, not cut. */
export function joinWithin(sections: readonly string[], maxBytes: number, leftOut: string): string {
  const reserve = Buffer.byteLength(leftOut) + 2
  const kept: string[] = []
  let bytes = 0
  for (const section of sections) {
    const size = Buffer.byteLength(section) + 2
    if (bytes + size + reserve <= maxBytes) {
      kept.push(section)
      bytes += size
    } else if (kept.at(-1) !== leftOut) {
      kept.push(leftOut)
    }
  }
  return `${kept.join('\n\n')}\n`
}

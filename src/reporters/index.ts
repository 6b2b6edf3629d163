import type { Renderer } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { renderJson } from './json.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { plainPaint } from './paint.ts'
import { renderTerminal } from './terminal.ts'

/** The text for people as a file: no colour, and as wide as a page. */
const terminal: Renderer = report => `${renderTerminal(report, { paint: plainPaint, columns: 100 })}\n`

/** File formats by the names that `--report` takes. */
export const renderers = {
  json: renderJson,
  junit: renderJunit,
  markdown: renderMarkdown,
  terminal,
} satisfies Registry<Renderer>

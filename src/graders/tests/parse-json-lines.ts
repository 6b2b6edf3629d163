import { z } from 'zod'
import { firstLine, noReport, type TestReport } from './report.ts'

const Line = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('test'),
    file: z.string().nullable(),
    suite: z.array(z.string()),
    title: z.string(),
    state: z.enum(['passed', 'failed', 'skipped', 'todo', 'flaky']),
    message: z.string().nullable(),
    id: z.string().optional(),
  }),
  z.object({ event: z.literal('problem'), file: z.string().nullable(), message: z.string() }),
  z.object({ event: z.literal('end'), tests: z.number().int().nonnegative() }),
])

/**
 * Reads what our own reporters for node:test, mocha and unittest write: one JSON object a line, as it happens, and a last
 * line with the number of tests, which is missing if the runner was left early.
 */
export function parseJsonLines(text: string): TestReport {
  const report = noReport('the runner ended before its report did')
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue
    if (report.incomplete === null) return { ...report, incomplete: 'the report goes on after its end' }
    const parsed = parseLine(line)
    if (!parsed) return { ...report, incomplete: `line ${index + 1} of the report is broken` }
    if (parsed.event === 'end') {
      const said = parsed.tests
      if (said !== report.tests.length) {
        return {
          ...report,
          incomplete: `the runner counted ${said} tests but reported ${report.tests.length}`,
        }
      }
      report.incomplete = null
    } else if (parsed.event === 'problem') {
      report.problems.push({ file: parsed.file, message: firstLine(parsed.message) ?? 'unknown' })
    } else {
      const { file, suite, title, state, message, id } = parsed
      const aliases = id === undefined ? [] : [id]
      report.tests.push({ file, suite, title, state, message: firstLine(message ?? ''), aliases })
    }
  }
  return report
}

function parseLine(line: string): z.infer<typeof Line> | null {
  try {
    return Line.safeParse(JSON.parse(line)).data ?? null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

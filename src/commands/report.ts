import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InfraError, UserError } from '../errors.ts'
import type { Report } from '../model/report.ts'
import { pick } from '../registry.ts'
import { renderers } from '../reporters/index.ts'
import { paintFor } from '../reporters/paint.ts'
import { renderTerminal } from '../reporters/terminal.ts'
import { folders } from './folders.ts'
import { answer, tell, type Io } from './io.ts'

export interface ReportOptions {
  json?: boolean
  /** `FORMAT` prints on stdout, `FORMAT=FILE` writes a file. */
  report?: string[]
}

/** Shows a report: to people on stderr, as JSON on stdout if asked, and in each format that was asked for. */
export async function report(judged: Report, options: ReportOptions, io: Io): Promise<void> {
  for (const wanted of options.report ?? []) {
    const [format, ...rest] = wanted.split('=')
    const path = rest.join('=')
    const text = pick(renderers, format ?? '', 'report format')(judged)
    if (path === '') answer(io, text)
    else await writeReport(resolve(io.cwd, path), text)
  }
  if (options.json) answer(io, renderers.json(judged))
  const style = { paint: paintFor(io.stderr, io.env), columns: io.stderr.columns ?? 100 }
  tell(
    io,
    renderTerminal(judged, {
      ...style,
      cwd: io.cwd,
      folder: join(folders(io).results, 'runs', judged.run.id),
    }),
  )
}

/** Before the run: a wrong format must not be found out after the money is spent. */
export function checkReportOptions(options: ReportOptions): void {
  const toStdout = (options.report ?? []).filter(wanted => !wanted.includes('='))
  for (const wanted of options.report ?? []) pick(renderers, wanted.split('=')[0] ?? '', 'report format')
  if (toStdout.length + (options.json ? 1 : 0) > 1) {
    throw new UserError(
      'only one report can go to stdout: write the others to files, as in --report markdown=summary.md',
    )
  }
}

async function writeReport(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  } catch (error) {
    throw new InfraError(`the report could not be written to ${path}: ${String(error)}`, { cause: error })
  }
}

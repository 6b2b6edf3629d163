import { stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InfraError, UserError } from '../errors.ts'
import type { Report } from '../model/report.ts'
import { pick, type Registry } from '../registry.ts'
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

/**
 * Shows a report: to people on stderr, as JSON on stdout if asked, and in each format that was asked for. What people and
 * gates wait for comes first: a file that cannot be written must not hide it.
 */
export async function report(judged: Report, options: ReportOptions, io: Io): Promise<void> {
  const style = { paint: paintFor(io.stderr, io.env), columns: io.stderr.columns ?? 100 }
  tell(
    io,
    renderTerminal(judged, {
      ...style,
      cwd: io.cwd,
      folder: join(folders(io).results, 'runs', judged.run.id),
    }),
  )
  if (options.json) answer(io, renderers.json(judged))
  await giveReports(judged, options, renderers, io)
}

/** Writes each format that was asked for. */
export async function giveReports<T>(
  what: T,
  options: ReportOptions,
  known: Registry<(what: T) => string>,
  io: Io,
): Promise<void> {
  for (const { format, path } of wantedReports(options, io)) {
    const text = pick(known, format, 'report format')(what)
    if (path === null) answer(io, text)
    else await writeReport(path, text)
  }
}

/** Before the run: a wrong format or folder must not be found out after the money is spent. */
export async function checkReportOptions(
  options: ReportOptions,
  io: Io,
  known: Registry<unknown> = renderers,
): Promise<void> {
  const wanted = wantedReports(options, io)
  for (const { format, path } of wanted) {
    pick(known, format, 'report format')
    if (path === null) continue
    const folder = await stat(dirname(path)).catch(() => null)
    if (!folder?.isDirectory()) {
      throw new UserError(
        `the report ${path} cannot be written: there is no folder ${dirname(path)}. Make it first.`,
      )
    }
  }
  if (wanted.filter(({ path }) => path === null).length + (options.json ? 1 : 0) > 1) {
    throw new UserError(
      'only one report can go to stdout: write the others to files, as in --report markdown=summary.md',
    )
  }
}

function wantedReports(options: ReportOptions, io: Io): { format: string; path: string | null }[] {
  return (options.report ?? []).map(wanted => {
    const [format = '', ...rest] = wanted.split('=')
    const path = rest.join('=')
    return { format, path: path === '' ? null : resolve(io.cwd, path) }
  })
}

async function writeReport(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw new InfraError(`the report could not be written to ${path}: ${String(error)}`, { cause: error })
  }
}

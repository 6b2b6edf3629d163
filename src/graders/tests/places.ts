import { isAbsolute, join, relative, sep } from 'node:path'
import type { OpenWorkspace } from '../../contracts.ts'
import type { TestReport } from './report.ts'

/** Makes the files of tests relative to the workspace, however the runner wrote them. */
export async function withPlaces(
  report: TestReport,
  workspace: OpenWorkspace,
  cwd: string,
): Promise<TestReport> {
  const places = new Map<string, string>()
  for (const { file } of [...report.tests, ...report.problems]) {
    if (file !== null && !places.has(file)) places.set(file, await placeOf(file, workspace, cwd))
  }
  const located = <T extends { file: string | null }>(one: T): T => ({
    ...one,
    file: one.file === null ? null : (places.get(one.file) ?? one.file),
  })
  return { ...report, tests: report.tests.map(located), problems: report.problems.map(located) }
}

async function placeOf(file: string, { path, files }: OpenWorkspace, cwd: string): Promise<string> {
  const full = isAbsolute(file) ? file : join(cwd, file)
  const way = relative(path, full).split(sep).join('/')
  if (way.startsWith('../')) return file
  return isAbsolute(file) || (await files.locate(way)).state === 'there' ? way : file
}

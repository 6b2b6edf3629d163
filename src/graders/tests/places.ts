import { access } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { TestReport } from './report.ts'

/** Makes the files of tests relative to the workspace, however the runner wrote them. */
export async function withPlaces(report: TestReport, root: string, cwd: string): Promise<TestReport> {
  const places = new Map<string, string>()
  for (const { file } of [...report.tests, ...report.problems]) {
    if (file !== null && !places.has(file)) places.set(file, await placeOf(file, root, cwd))
  }
  const located = <T extends { file: string | null }>(one: T): T => ({
    ...one,
    file: one.file === null ? null : (places.get(one.file) ?? one.file),
  })
  return { ...report, tests: report.tests.map(located), problems: report.problems.map(located) }
}

async function placeOf(file: string, root: string, cwd: string): Promise<string> {
  const full = isAbsolute(file) ? file : join(cwd, file)
  const exists = await access(full).then(
    () => true,
    () => false,
  )
  const way = relative(root, full).split(sep).join('/')
  return (exists || isAbsolute(file)) && !way.startsWith('../') ? way : file
}

import type { Report } from '../model/report.ts'
import { canonicalJson } from '../util/json.ts'

/** The whole report as JSON, keys sorted: equal reports give equal bytes. */
export function renderJson(report: Report): string {
  const sorted: unknown = JSON.parse(canonicalJson(report))
  return `${JSON.stringify(sorted, null, 2)}\n`
}

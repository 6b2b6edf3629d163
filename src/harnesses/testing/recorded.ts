import { readFileSync } from 'node:fs'
import { TranscriptEvent } from '../../model/trial.ts'
import { parseJson } from '../../util/json.ts'
import type { AgentCli } from '../agent-cli.ts'
import { newReport, type AgentReport } from '../agent-report.ts'

/** Lines of a stream in `fixtures/transcripts`. */
export function recorded(name: string): string[] {
  const file = new URL(`../../../fixtures/transcripts/${name}.jsonl`, import.meta.url)
  return readFileSync(file, 'utf8').trimEnd().split('\n')
}

/** What an agent's parser makes of lines, one a millisecond. */
export function readInto(parse: AgentCli['parse'], lines: readonly string[]): AgentReport {
  const report = newReport()
  const read = parse(report)
  lines.forEach((line, index) => {
    if (!read(parseJson(line), index)) report.unreadLines++
  })
  for (const event of report.transcript) TranscriptEvent.parse(event)
  return report
}

import type { Finding } from '../model/finding.ts'
import { Trial } from '../model/trial.ts'
import { canonicalJson, parseJson } from '../util/json.ts'

/**
 * Looks at every line of trials.jsonl, not only at those that count. A line that a crash cut off is no problem if its trial
 * was done again. Grading anew may replace a line, but never the attempt of one that was graded.
 */
export function checkLedger(text: string): Finding[] {
  const findings: Finding[] = []
  const lines = text.split('\n')
  const trials = lines.map(line => Trial.safeParse(parseJson(line)).data ?? null)
  const latest = new Map<string, Trial>()
  lines.forEach((line, index) => {
    const trial = trials[index]
    if (line.trim() === '') return
    if (!trial) {
      const id = /"id":"([^"\\]+)"/.exec(line)?.[1] ?? null
      const doneAgain = id !== null && trials.slice(index).some(later => later?.id === id)
      if (parseJson(line) !== undefined || !doneAgain)
        findings.push({
          trial: id,
          kind: 'problem',
          message: `line ${index + 1} of trials.jsonl is no trial`,
        })
      return
    }
    const earlier = latest.get(trial.id)
    if (earlier?.status === 'graded' && !sameAttempt(earlier, trial)) {
      const message = `line ${index + 1} of trials.jsonl replaces a graded trial by another attempt`
      findings.push({ trial: trial.id, kind: 'problem', message })
    }
    latest.set(trial.id, trial)
  })
  return findings
}

function sameAttempt(a: Trial, b: Trial): boolean {
  return (
    canonicalJson([a.attempt, a.outcome, a.startedAt]) === canonicalJson([b.attempt, b.outcome, b.startedAt])
  )
}

import { InfraError } from '../errors.ts'
import type { ExecResult, HarnessInput } from '../contracts.ts'
import type { Attempt } from '../model/trial.ts'
import type { AgentReport } from './agent-report.ts'
import { lastLines } from './last-lines.ts'
import { blame } from './model-errors.ts'

type End = Pick<Attempt, 'stop' | 'message'>

/**
 * Looked at when a turn begins: what has been spent is within the limits, and more would be spent now. Where there is a
 * gateway it sees to the limits, and sees more.
 */
export function passedLimit(
  { begun, turns, costUsd }: AgentReport,
  { service, limits: { maxTurns, maxCostUsd } }: HarnessInput,
): string | null {
  if (service !== null || begun === null) return null
  if (maxTurns !== null && begun.turns >= maxTurns)
    return `stopped after ${turns} turns: maxTurns is ${maxTurns}`
  if (maxCostUsd !== null && begun.costUsd >= maxCostUsd)
    return `stopped after spending ${costUsd} USD: maxCostUsd is ${maxCostUsd}`
  return null
}

/** Throws InfraError where the agent's installation or configuration is to blame. */
export function checkThatItRan(
  name: string,
  { error, turns, limit, transcript }: AgentReport,
  { end, exitCode }: ExecResult,
  errors: string,
): void {
  if (end !== 'exited' || exitCode === 0 || error !== null || limit !== null) return
  if ((turns ?? 0) > 0 || transcript.some(event => event.type !== 'message' || event.role !== 'user')) return
  throw new InfraError(
    `${name} ended with exit code ${exitCode} before it asked a model:\n${lastLines(errors) || '(no output)'}`,
  )
}

/** An agent that exits with 0 after a failed model call has not succeeded, whatever it says. */
export function howItEnded(
  report: AgentReport,
  result: ExecResult,
  errors: string,
  input: HarnessInput,
): End {
  const { stop, message } = stopOf(report, result, errors, input)
  const { unreadLines, notes } = report
  const unread = unreadLines === 0 ? [] : [`${unreadLines} line(s) of its output were no events`]
  const said = [...(message === null ? [] : [message]), ...notes, ...unread]
  return { stop, message: said.length === 0 ? null : said.join('\n') }
}

function stopOf(report: AgentReport, result: ExecResult, errors: string, input: HarnessInput): End {
  const { error, limit, turns } = report
  if (result.end === 'limit') return { stop: 'limit', message: passedLimit(report, input) }
  // A service that was down may be why there was no time left.
  const failure = error === null ? null : blame(error)
  if (error !== null && failure === 'refused') return { stop: 'refused', message: error }
  if (error !== null && failure === 'unavailable') return { stop: 'model-error', message: error }
  if (result.end === 'timeout')
    return { stop: 'timeout', message: `stopped at the time limit of ${input.limits.timeoutMs} ms` }
  if (result.end === 'output-limit')
    return { stop: 'crash', message: 'stopped: it wrote more output than is kept' }
  if (limit !== null) return { stop: 'limit', message: limit }
  if (result.exitCode !== 0) {
    const how =
      result.end === 'exited' ? `exit code ${result.exitCode}` : `ended by ${result.signal ?? result.end}`
    return { stop: 'crash', message: [how, error, lastLines(errors)].filter(Boolean).join('\n') }
  }
  if (error !== null) return { stop: 'crash', message: error }
  if (
    (turns ?? 0) === 0 &&
    report.transcript.every(event => event.type === 'message' && event.role === 'user')
  )
    return { stop: 'crash', message: 'it ended without any answer of the model' }
  return { stop: 'finished', message: null }
}

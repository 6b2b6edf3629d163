import type { GatewayReport } from '../contracts.ts'
import type { ModelCall } from '../model/model-call.ts'
import type { CallWithTools } from './metered.ts'
import { noAnswer } from './error-in.ts'
import { isOutOfMoney } from './retry.ts'

/** Whether a call failed by its service's doing; null where the agent asked for what it should not have. */
export function blameOf({
  end,
  status,
  error,
}: Pick<ModelCall, 'end' | 'status' | 'error'>): 'refused' | 'unavailable' | null {
  if (end !== 'failed') return null
  const said = error ?? ''
  if (said.startsWith(noAnswer)) return 'unavailable'
  if (isOutOfMoney(said)) return 'refused'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'refused'
  if (status === 408 || status === 429 || (status !== null && status >= 500) || status === null)
    return 'unavailable'
  // Google answers so to a wrong key.
  if (/api.?key not valid|authentication|permission/i.test(said)) return 'refused'
  if (status >= 400) return null
  // An error within a stream that had begun well.
  return /invalid|context.?length|too.?long|content|policy|prompt/i.test(said) &&
    !/overload|rate.?limit|server/i.test(said)
    ? null
    : 'unavailable'
}

/**
 * What the service has to answer for when an attempt is over. A lane whose last word is a failure counts if it has tools: the
 * agent's work stands there. What it asks besides (a title) counts only if nothing of that was answered, and no call after it.
 */
export function failureOf(calls: readonly CallWithTools[], lastedMs: number): GatewayReport['failure'] {
  const asked = calls.filter(({ api, end }) => api !== null && end !== 'limit')
  const last = [...new Map(asked.map(call => [call.lane, call])).values()]
  const answered = asked.filter(({ end }) => end === 'answered')
  const wasCopedWith = (call: ModelCall): boolean =>
    answered.some(other => other.tools.length > 0 || other.number > call.number)
  const failed = last.filter(call => blameOf(call) !== null && (call.tools.length > 0 || !wasCopedWith(call)))
  const worst = failed.find(call => blameOf(call) === 'refused') ?? failed[0]
  const kind = worst ? blameOf(worst) : null
  return worst && kind ? { kind, message: messageOf(worst) } : silenceOf(asked, lastedMs)
}

/** A service that says nothing for so long will not say anything any more. */
const longestThoughtMs = 300_000

/**
 * A service that has left the agent without an answer until the end, for most of its time: then a time limit is not the
 * agent's fault. `lastedMs`: the attempt. Waiting again and again, as some do, is waiting, too.
 */
function silenceOf(asked: readonly CallWithTools[], lastedMs: number): GatewayReport['failure'] {
  const last = asked.findLastIndex(({ end, tools }) => end === 'answered' && tools.length > 0)
  const waits = asked.slice(last + 1).filter(({ end, tools }) => end === 'dropped' && tools.length > 0)
  const waitedMs = waits.reduce((sum, { quietMs }) => sum + quietMs, 0)
  if (waitedMs < Math.min(lastedMs / 2, longestThoughtMs)) return null
  const [first] = waits
  if (!first) return null
  const model = first.model === null ? '' : ` for model ${first.model}`
  const seconds = `${Math.round(waitedMs / 1000)} of the agent's ${Math.round(lastedMs / 1000)} s`
  return { kind: 'silent', message: `the service gave no answer${model} during the last ${seconds}` }
}

function messageOf({ status, error, model, retries }: ModelCall): string {
  const tries = retries > 0 ? ` after ${retries + 1} tries` : ''
  const answer = status === null ? 'no answer' : `status ${status}`
  return `${answer}${tries}${model === null ? '' : ` for model ${model}`}${error === null ? '' : `: ${error}`}`
}

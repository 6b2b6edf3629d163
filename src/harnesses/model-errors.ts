/**
 * Whose fault a failed model call is, by the agent's words:
 * - `refused`: the key, the account or the model's name; trying again does not help
 * - `unavailable`: rate limit, overload or network; may work a moment later
 * - `agent`: anything else, such as a request that the agent should not have made
 */
export type ModelFailure = 'refused' | 'unavailable' | 'agent'

const unavailable =
  /connection (error|refused|lost|reset|closed)|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|fetch failed|socket hang up|network error|terminated|other side closed|timed? ?out|overloaded|rate.?limit|too many requests|service unavailable|internal server error|bad gateway/i
const refused =
  /authentication_error|authentication (required|failed)|permission_error|invalid.?api.?key|incorrect api key|no api key|unauthorized|forbidden/i

export function blame(message: string): ModelFailure {
  const status = Number(/^(?:error:? )?(\d{3})\b/i.exec(message)?.[1] ?? Number.NaN)
  if (status === 408 || status === 429 || status >= 500) return 'unavailable'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'refused'
  if (!Number.isNaN(status)) return 'agent'
  if (refused.test(message)) return 'refused'
  return unavailable.test(message) ? 'unavailable' : 'agent'
}

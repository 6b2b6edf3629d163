/**
 * Whose fault a failed model call is, by the agent's words:
 * - `refused`: the key, the account or the model's name; trying again does not help
 * - `unavailable`: rate limit, overload or network; may work a moment later
 * - `agent`: anything else, such as a request that the agent should not have made
 */
export type ModelFailure = 'refused' | 'unavailable' | 'agent'

/** Where agents put the HTTP status into their words. */
const statuses = [
  /^(?:error:? )?(\d{3})\b/i,
  /\bstatus(?: code)?"?:? ?(\d{3})\b/i,
  /"code": ?(\d{3})\b/i,
  /\bAPI error:? \(?(\d{3})\b/i,
]
const unavailable =
  /connection (error|refused|lost|reset|closed)|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|fetch failed|socket hang up|network error|terminated|other side closed|timed? ?out|stream (disconnected|closed|ended)|incomplete JSON segment|error sending request|overloaded|high demand|at capacity|rate.?limit|too many requests|service.?unavailable|UNAVAILABLE|server.?error|bad gateway/i
const refused =
  /authentication_error|authentication (required|failed)|permission_error|permission_denied|unauthenticated|invalid.?(x-)?api.?key|incorrect api key|api key not valid|no api key|unauthorized|forbidden|credit balance|billing_(error|not_active)|model_not_found|not_found_error/i

/** Reads the words of an agent whose model call failed. */
export function blame(message: string): ModelFailure {
  const found = statuses.map(pattern => pattern.exec(message)?.[1]).find(text => text !== undefined)
  const status = Number(found ?? Number.NaN)
  if (status === 408 || status === 429 || status >= 500) return 'unavailable'
  if (status === 401 || status === 402 || status === 403 || status === 404) return 'refused'
  if (refused.test(message)) return 'refused'
  if (!Number.isNaN(status)) return 'agent'
  return unavailable.test(message) ? 'unavailable' : 'agent'
}

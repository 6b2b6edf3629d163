import { setTimeout as wait } from 'node:timers/promises'
import { InfraError } from '../errors.ts'
import { formatDuration } from '../util/duration.ts'
import { shorten, visible } from '../util/visible.ts'
import { type JudgeModel, type JudgeReply, type Protocol, protocols } from './judge-protocols.ts'

const retries = 3
const longestWaitMs = 60_000
const defaultFirstWaitMs = 1000

/**
 * Asks a model once. A limit of calls, a failure of the service, a dropped connection and a timeout are tried again up to
 * 3 times, as late as the service asks (at most a minute) or after 1, 2 and 4 s; then InfraError (transient). Any other
 * refusal is an InfraError that says what to do. No message holds the key.
 */
export async function askJudge(
  model: JudgeModel,
  prompt: { system: string; user: string },
  signal: AbortSignal,
  firstWaitMs = defaultFirstWaitMs,
): Promise<JudgeReply> {
  const call = protocols[model.api]
  const request = {
    url: call.url(model.baseUrl),
    headers: headersFor(model, call),
    body: call.body(model, prompt),
  }
  for (let attempt = 0; ; attempt++) {
    const answer = await send(request, model, signal)
    signal.throwIfAborted()
    if ('body' in answer && answer.status === 200) return call.read(parseBody(answer.body, request.url))
    if ('body' in answer && !isPassing(answer.status)) throw refusal(answer, request.url, model)
    const problem =
      'body' in answer ? `HTTP ${answer.status}: ${excerpt(answer.body, model)}` : answer.problem
    if (attempt === retries) {
      throw new InfraError(`${request.url} failed ${attempt + 1} times, at last with ${problem}`, {
        transient: true,
      })
    }
    const asked = 'body' in answer ? answer.retryAfterMs : null
    const waitMs = Math.min(longestWaitMs, asked ?? firstWaitMs * 2 ** attempt)
    await wait(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

type Answer = { status: number; body: string; retryAfterMs: number | null } | { problem: string }

async function send(
  { url, headers, body }: { url: string; headers: Record<string, string>; body: unknown },
  model: JudgeModel,
  signal: AbortSignal,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(model.timeoutMs)
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      // The key must not follow to another host.
      redirect: 'manual',
      signal: AbortSignal.any([signal, deadline]),
    })
    return {
      status: response.status,
      body: await response.text(),
      retryAfterMs: waitAskedFor(response.headers.get('retry-after')),
    }
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted) return { problem: `no answer within ${formatDuration(model.timeoutMs)}` }
    if (!(error instanceof TypeError)) throw error
    return {
      problem: `no connection (${error.cause instanceof Error ? error.cause.message : error.message})`,
    }
  }
}

function headersFor({ api, key, keyName }: JudgeModel, protocol: Protocol): Record<string, string> {
  // fetch would say the key in its error.
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    throw new InfraError(
      `${keyName} holds characters that no key has, such as spaces or line ends: set it again`,
    )
  }
  return {
    'content-type': 'application/json',
    ...(api === 'anthropic' && { 'anthropic-version': '2023-06-01' }),
    ...(key !== null && protocol.keyHeader(key)),
  }
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

function refusal(answer: { status: number; body: string }, url: string, model: JudgeModel): InfraError {
  const { status } = answer
  const what = `${url} refused the judge's call with HTTP ${status}: ${excerpt(answer.body, model)}`
  if (status === 401 || status === 403) {
    const set =
      model.keyName === null
        ? 'name the variable that holds the key: apiKeyEnv'
        : `set ${model.keyName} to a key that may use ${model.model}`
    return new InfraError(`${what}; ${set}`)
  }
  if (status >= 300 && status < 400) return new InfraError(`${what}; it points elsewhere: correct baseUrl`)
  if (status === 404) return new InfraError(`${what}; check baseUrl and model (${model.model})`)
  return new InfraError(what)
}

/** The service's own words, without the key that some services quote. */
function excerpt(body: string, { key, keyName }: JudgeModel): string {
  const message = /"message"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1]
  const text = message === undefined ? body.trim() : unquote(message)
  const safe = key === null ? text : text.replaceAll(key, `[redacted:${keyName}]`)
  return safe === '' ? '(no message)' : visible(shorten(safe, 300))
}

function unquote(json: string): string {
  try {
    return String(JSON.parse(json))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return json
  }
}

/** Seconds or a date, as milliseconds from now. */
function waitAskedFor(header: string | null): number | null {
  if (header === null) return null
  const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}

function parseBody(body: string, url: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InfraError(
      `${url} did not answer with JSON: ${visible(shorten(body.trim(), 200))}; check baseUrl`,
    )
  }
}

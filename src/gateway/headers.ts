import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { ModelApi } from '../model/service.ts'

/** Between two programs only (RFC 9110, 7.6.1), or made anew for each connection. */
const ofOneConnection = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const credentials = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key']

/** Also without the headers that `connection` names. */
export function forwardable(headers: IncomingHttpHeaders): Record<string, string> {
  const named = new Set((headers.connection ?? '').split(',').map(name => name.trim().toLowerCase()))
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || ofOneConnection.has(name) || named.has(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

/** An agent's request as its service is to get it: with the real key, if there is one, and an answer that can be read. */
export function outgoing(
  { headers }: Pick<IncomingMessage, 'headers'>,
  path: string,
  api: ModelApi,
  key: string | null,
): { headers: Record<string, string>; path: string } {
  const kept = { ...forwardable(headers), 'accept-encoding': 'identity' }
  if (key === null) return { headers: kept, path }
  const clean = Object.fromEntries(Object.entries(kept).filter(([name]) => !credentials.includes(name)))
  return { headers: { ...clean, ...credential(api, key) }, path: withoutKey(path) }
}

function credential(api: ModelApi, key: string): Record<string, string> {
  if (api === 'anthropic') return { 'x-api-key': key }
  return api === 'gemini' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` }
}

/** Google's services also take the key in the query. */
export function withoutKey(path: string): string {
  const [place = '', query] = splitOnce(path, '?')
  if (query === undefined) return path
  const kept = query.split('&').filter(each => !each.startsWith('key='))
  return kept.length === 0 ? place : `${place}?${kept.join('&')}`
}

function splitOnce(text: string, at: string): [string, string?] {
  const index = text.indexOf(at)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

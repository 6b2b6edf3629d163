import { canonicalJson, parseJson, sha256 } from '../../util/json.ts'

/** Of an agent's own book-keeping: nothing that a model is asked. */
const dropped = new Set([
  'prompt_cache_key',
  'client_metadata',
  'metadata',
  'user',
  'user_id',
  'safety_identifier',
  'session_id',
  'sessionId',
  'thoughtSignature',
  'signature',
  // The gateway asks for the usage where the agent has not.
  'stream_options',
])

/** Names of things, given by the agent or by the service. They become numbers in the order in which they come. */
const names = new Set(['id', 'call_id', 'tool_call_id', 'tool_use_id', 'item_id'])

/** What stands below is what a model or a tool said, and keeps its ids. */
const said = new Set(['args', 'arguments', 'response', 'parameters', 'input_schema', 'parametersJsonSchema'])

const months = 'January|February|March|April|May|June|July|August|September|October|November|December'
const shortMonths = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const days = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mon|Tue|Wed|Thu|Fri|Sat|Sun)'

/** What differs between two trials that are the same, in the order in which it is looked for. */
const volatileTexts: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, 'UUID'],
  [/\bChunk ID: \w+/g, 'Chunk ID: ID'],
  [/\b(session|process) ID:? \d+/gi, '$1 ID NUMBER'],
  // What gemini and qwen put after output.
  [/\b(PGID|PIDs?): \d+(?:, \d+)*/g, '$1: NUMBER'],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?/g, 'DATE'],
  // As `ls -l` tells when a file was changed: the time of the day, or the year where it is long ago.
  [new RegExp(`\\b(?:${shortMonths}) [ \\d]\\d (?: \\d{4}|\\d{2}:\\d{2}(?!:))\\b`, 'g'), 'DATE'],
  [
    new RegExp(`\\b(?:${days},? )?(?:${months}|${shortMonths})\\.? {1,2}\\d{1,2}(?:,? \\d{4})?\\b`, 'g'),
    'DATE',
  ],
  [new RegExp(`\\b(?:${days},? )?\\d{1,2} (?:${months}|${shortMonths})\\.?(?: \\d{4})?\\b`, 'g'), 'DATE'],
  [/\b\d{1,2}\/\d{1,2}\/\d{4}\b/g, 'DATE'],
  [/\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?: ?[AP]M)?(?: (?:GMT|UTC|[A-Z]{3,4}))?(?: ?[+-]\d{4})?\b/g, 'TIME'],
  // Seconds or milliseconds since 1970.
  [/\b1[5-9]\d{8}(?:\d{3})?\b/g, 'TIME'],
  [/\b\d+(?:\.\d+)? ?(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?)\b/g, 'DURATION'],
  [/\bduration_ms:? \d+(?:\.\d+)?/g, 'duration_ms DURATION'],
  // Hashes of commits, short ones too, and other ids: letters and digits both, unlike words and numbers.
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b/g, 'HEX'],
  [/\b(127\.0\.0\.1|localhost):\d{2,5}\b/g, '$1:PORT'],
]

/** Makes requests comparable; what it has seen it need not work out again. */
export interface Normaliser {
  /** The request as a value; a text where it is no JSON. */
  value(body: string): unknown
  hash(body: string): string
}

/** Drops from requests what differs between two trials that are the same. Paths must have been replaced before. */
export function normaliser(): Normaliser {
  const texts = new Map<string, string>()
  const textOf = (text: string): string => {
    const known = texts.get(text)
    if (known !== undefined) return known
    const made = volatileTexts.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text)
    texts.set(text, made)
    return made
  }
  const value = (body: string): unknown => {
    const parsed = parseJson(body)
    return parsed === undefined ? textOf(body) : without(parsed, new Map(), textOf, false)
  }
  return { value, hash: body => sha256(canonicalJson(value(body))) }
}

function without(
  value: unknown,
  ids: Map<string, number>,
  textOf: (text: string) => string,
  isSaid: boolean,
): unknown {
  if (typeof value === 'string') return textOf(value)
  if (Array.isArray(value)) return value.map(item => without(item, ids, textOf, isSaid))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isSaid || !dropped.has(key))
      .flatMap(([key, child]) => {
        if (!isSaid && typeof child === 'string' && names.has(key)) return idOf(key, child, ids)
        // Anthropic's `input` is what a model said; that of Responses is the list of all that was said.
        const below = isSaid || said.has(key) || (key === 'input' && !Array.isArray(child))
        return [[key, without(child, ids, textOf, below)]]
      }),
  )
}

/** An `id` alone names an item for the service; the others tell what belongs together. */
function idOf(key: string, id: string, ids: Map<string, number>): [string, string][] {
  if (key === 'item_id') return []
  const number = ids.get(id) ?? ids.size + 1
  ids.set(id, number)
  return [[key, `#${number}`]]
}

import type { CassetteLine, Field, RecordedCall } from '../../model/cassette.ts'
import { parseJson } from '../../util/json.ts'

type Body = RecordedCall['body']
type Part = Extract<CassetteLine, { type: 'part' }>

/** Shorter values stay where they are. */
const shortest = 80

/** Parts bodies so that what they repeat is kept once. */
export interface Parting {
  /** The body, and the parts that are new in it. */
  take(text: string): { body: Body; parts: Part[] }
}

export function parting(): Parting {
  const known = new Map<string, number>()
  return {
    take(text) {
      const value = parseJson(text)
      if (value === null || typeof value !== 'object' || Array.isArray(value))
        return { body: { text }, parts: [] }
      const parts: Part[] = []
      const numberOf = (item: unknown): number => {
        const key = JSON.stringify(item)
        const number = known.get(key) ?? known.size + 1
        if (!known.has(key)) {
          known.set(key, number)
          parts.push({ type: 'part', part: number, value: item })
        }
        return number
      }
      const fields = Object.entries(value).map(([key, item]): [string, Field] => {
        if (Array.isArray(item)) return [key, { parts: item.map(numberOf) }]
        return [key, isLong(item) ? { part: numberOf(item) } : { value: item }]
      })
      return { body: { fields: Object.fromEntries(fields) }, parts }
    },
  }
}

/** The text of a body whose parts were kept. */
export function joinBody(body: Body, parts: ReadonlyMap<number, unknown>): string {
  if ('text' in body) return body.text
  const whole = Object.entries(body.fields).map(([key, field]) => {
    if ('value' in field) return [key, field.value]
    return [key, 'part' in field ? parts.get(field.part) : field.parts.map(number => parts.get(number))]
  })
  return JSON.stringify(Object.fromEntries(whole))
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' ? value.length > shortest : value !== null && typeof value === 'object'
}

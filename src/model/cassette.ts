import { z } from 'zod'
import { FileContent } from './files.ts'
import { ModelApi } from './service.ts'

export const cassetteSchemaVersion = 1

/** Requests repeat the whole conversation: what is long in them is kept once, as a part, and named by its number. */
const Field = z.union([
  z.strictObject({ value: z.unknown() }),
  z.strictObject({ part: z.number().int() }),
  z.strictObject({ parts: z.array(z.number().int()) }),
])
export type Field = z.infer<typeof Field>

const RecordedCall = z.strictObject({
  type: z.literal('call'),
  number: z.number().int().positive(),
  /** Null for a request that asks no model. */
  api: ModelApi.nullable(),
  lane: z.string(),
  /** From the start of the attempt. */
  atMs: z.number().nonnegative(),
  durationMs: z.number().nonnegative(),
  method: z.string(),
  /** Below the URL of the service. */
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  /** A JSON object by its keys; any other body as its text. */
  body: z.union([
    z.strictObject({ fields: z.record(z.string(), Field) }),
    z.strictObject({ text: z.string() }),
  ]),
  /** SHA-256 of the request without what differs from trial to trial. */
  hash: z.string(),
  /** Null where the connection broke before there was one. */
  answer: z
    .strictObject({
      status: z.number().int(),
      headers: z.record(z.string(), z.string()),
      body: FileContent.pick({ encoding: true, data: true }),
      /** Whether it came to its end. */
      isWhole: z.boolean(),
    })
    .nullable(),
})
export type RecordedCall = z.infer<typeof RecordedCall>

/** One line of `cassette.jsonl`. A part stands before the first call that has it. */
export const CassetteLine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('cassette'), schemaVersion: z.literal(cassetteSchemaVersion) }),
  z.strictObject({ type: z.literal('part'), part: z.number().int(), value: z.unknown() }),
  RecordedCall,
])
export type CassetteLine = z.infer<typeof CassetteLine>

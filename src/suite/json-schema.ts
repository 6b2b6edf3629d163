import { z } from 'zod'
import type { JsonSchema } from './guide.ts'
import { suiteSchema, type Plugins } from './schema.ts'

/** JSON Schema (draft 2020-12) of suite files, as they are written, for editors. */
export function suiteJsonSchema(plugins: Plugins): JsonSchema {
  return { title: 'agent-eval suite', ...toJsonSchema(suiteSchema(plugins)) }
}

/** JSON Schema of what a schema takes in. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' })
}

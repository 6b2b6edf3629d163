import type { ZodType } from 'zod'

/** What a schema says of an input, as `path: message`. */
export function mistakes(schema: ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input)
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(' > ')}: ${message}`)
}

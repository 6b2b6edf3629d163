/** A JSON Schema, read loosely: only to find names and descriptions for messages. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The schemas that may describe what stands at a path of a value, all branches of alternatives included. */
export function schemasAt(
  root: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
): JsonSchema[] {
  let schemas = branches(root, value)
  let current = value
  for (const step of path) {
    current =
      isMapping(current) || Array.isArray(current)
        ? (current as Record<string | number, unknown>)[step]
        : undefined
    schemas = schemas.flatMap(schema => child(schema, step)).flatMap(schema => branches(schema, current))
  }
  return schemas
}

/** Names of the keys that a mapping at this place may have. */
export function keysOf(schemas: readonly JsonSchema[]): string[] {
  return [
    ...new Set(schemas.flatMap(({ properties }) => (isMapping(properties) ? Object.keys(properties) : []))),
  ]
}

/** What the schema says of a key; null if nothing. */
export function descriptionOf(schemas: readonly JsonSchema[], key: string): string | null {
  for (const schema of schemas) {
    for (const { description } of child(schema, key)) if (typeof description === 'string') return description
  }
  return null
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function child(schema: JsonSchema, step: string | number): JsonSchema[] {
  if (typeof step === 'number') return isMapping(schema.items) ? [schema.items] : []
  const { properties, additionalProperties } = schema
  const named =
    isMapping(properties) && Object.hasOwn(properties, step) ? properties[step] : additionalProperties
  return isMapping(named) ? [named] : []
}

/** Alternatives count only if they can be meant: the right `type:` of a plug-in, the right kind of value. */
function branches(schema: JsonSchema, value: unknown): JsonSchema[] {
  const inner = [schema.anyOf, schema.oneOf, schema.allOf]
    .flatMap(list => (Array.isArray(list) ? list : []))
    .filter(isMapping)
    .filter(branch => canBeMeant(branch, value))
  return [schema, ...inner.flatMap(branch => branches(branch, value))]
}

function canBeMeant({ properties }: JsonSchema, value: unknown): boolean {
  if (!isMapping(properties) || !isMapping(properties.type) || !('const' in properties.type)) return true
  return isMapping(value) ? value.type === properties.type.const : false
}

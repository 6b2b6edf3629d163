import { z } from 'zod'
import { didYouMean } from '../util/nearest.ts'
import { isMapping, type JsonSchema } from './guide.ts'
import { found, quoted, words } from './words.ts'

/** What the schema of an entry needs to know of a plug-in. */
interface Plugin {
  config: z.ZodType
  description: string
}

/**
 * An entry that names a plug-in by `type` and holds its configuration beside it, both parsed by the plug-in's own schema,
 * together with the keys that all entries of the family share.
 */
export function pluginEntry<Shape extends z.ZodRawShape>(
  family: string,
  registry: Readonly<Record<string, Plugin>>,
  shared: Shape,
  options: { bareName: boolean },
) {
  const names = Object.keys(registry)
  const sharedSchema = z.object(shared)

  return z
    .unknown()
    .meta({
      // Only editors ask for it.
      get anyOf() {
        return alternatives(registry, sharedSchema, options)
      },
    })
    .transform((input, context) => {
      const entry = options.bareName && typeof input === 'string' ? { type: input } : input
      const tell = (message: string, path: string[]): void => {
        context.issues.push({ code: 'custom', message, path, input })
      }
      if (!isMapping(entry)) {
        tell(
          `expected a mapping with "type"${options.bareName ? ` or the name of a ${family}` : ''}, got ${found(entry)}`,
          [],
        )
        return z.NEVER
      }
      const { type } = entry
      const base = sharedSchema.safeParse(entry, { error: words })
      if (!base.success) relay(base.error, context)
      const typePath = options.bareName && typeof input === 'string' ? [] : ['type']
      if (typeof type !== 'string') {
        const known = `the name of a ${family}${didYouMean('', names)}`
        tell(type === undefined ? known : `expected ${known}, got ${found(type)}`, typePath)
        return z.NEVER
      }
      const plugin = Object.hasOwn(registry, type) ? registry[type] : undefined
      if (!plugin) {
        tell(`unknown ${family} ${quoted(type)}${didYouMean(type, names)}`, typePath)
        return z.NEVER
      }
      const own = Object.entries(entry).filter(([key]) => key !== 'type' && !Object.hasOwn(shared, key))
      const config = plugin.config.safeParse(Object.fromEntries(own), { error: words })
      if (!config.success && typeof input === 'string') {
        const keys = config.error.issues.map(({ path: [key] }) =>
          key === undefined ? '...' : `${String(key)}: ...`,
        )
        tell(
          `${family} "${type}" needs keys of its own: write { type: ${[type, ...new Set(keys)].join(', ')} }`,
          [],
        )
      } else if (!config.success) relay(config.error, context)
      return base.success && config.success ? { ...base.data, type, config: config.data } : z.NEVER
    })
}

function relay(error: z.ZodError, context: z.core.ParsePayload): void {
  for (const issue of error.issues) context.issues.push({ ...issue, input: undefined })
}

/** JSON Schema of an entry: one alternative for each plug-in. */
function alternatives(
  registry: Readonly<Record<string, Plugin>>,
  shared: z.ZodObject,
  { bareName }: { bareName: boolean },
): JsonSchema[] {
  const common = toJson(shared)
  const entries = Object.entries(registry).map(([type, { config, description }]) =>
    withKeys(toJson(config), {
      description,
      properties: { type: { const: type, description }, ...asMapping(common.properties) },
      required: ['type', ...asList(common.required)],
    }),
  )
  return bareName ? [{ type: 'string', enum: Object.keys(registry) }, ...entries] : entries
}

function toJson(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return json
}

/** Puts keys into a schema for mappings, and into all of its alternatives, since those are closed each for itself. */
function withKeys(
  schema: JsonSchema,
  keys: { description: string; properties: Record<string, unknown>; required: unknown[] },
): JsonSchema {
  for (const kind of ['anyOf', 'oneOf']) {
    const alternatives = schema[kind]
    if (Array.isArray(alternatives)) {
      return {
        ...schema,
        description: keys.description,
        [kind]: alternatives.filter(isMapping).map(one => withKeys(one, keys)),
      }
    }
  }
  return {
    ...schema,
    type: 'object',
    description: keys.description,
    properties: { ...keys.properties, ...asMapping(schema.properties) },
    required: [...keys.required, ...asList(schema.required)],
  }
}

function asMapping(value: unknown): Record<string, unknown> {
  return isMapping(value) ? value : {}
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

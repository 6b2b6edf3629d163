import { z } from 'zod'
import type { Grader, Harness } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { GraderFile, PluginFile, SuiteFile } from './schema.ts'

/** JSON Schema (draft 2020-12) of suite files, with the keys of every harness and grader. */
export function suiteJsonSchema(families: {
  harnesses: Registry<Harness>
  graders: Registry<Grader>
}): object {
  const common = toSchema(GraderFile)
  const variants = (registry: Registry<Harness | Grader>, keys: object): object[] =>
    Object.entries(registry).map(([type, plugin]) => {
      const own = toSchema(plugin.config)
      return {
        ...own,
        description: plugin.description,
        properties: { type: { const: type, description: plugin.description }, ...keys, ...own.properties },
        required: ['type', ...(own.required ?? [])],
      }
    })
  const { type: _type, ...graderKeys } = common.properties ?? {}
  const plugins = new Map<unknown, object[]>([
    [PluginFile, variants(families.harnesses, {})],
    [GraderFile, variants(families.graders, graderKeys)],
  ])
  return {
    ...z.toJSONSchema(SuiteFile, {
      io: 'input',
      unrepresentable: 'any',
      override({ zodSchema, jsonSchema }) {
        const found = plugins.get(zodSchema)
        if (!found) return
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema]
        Object.assign(jsonSchema, { oneOf: found })
      },
    }),
    title: 'agent-eval suite',
  }
}

interface ObjectSchema {
  properties?: Record<string, unknown>
  required?: string[]
}

function toSchema(schema: z.ZodType): ObjectSchema {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return rest as ObjectSchema
}

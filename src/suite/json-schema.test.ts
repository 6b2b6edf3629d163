import { expect, test } from 'vitest'
import { isMapping } from './guide.ts'
import { suiteJsonSchema } from './json-schema.ts'
import { plugins } from './testing/plugins.ts'

const schema = suiteJsonSchema(plugins)

/** Every mapping in the schema that names keys, by where it stands. */
function mappingsIn(value: unknown, path: string): [path: string, mapping: Record<string, unknown>][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => mappingsIn(item, `${path}/${index}`))
  if (!isMapping(value)) return []
  const own: [string, Record<string, unknown>][] = isMapping(value.properties) ? [[path, value]] : []
  return [...own, ...Object.entries(value).flatMap(([key, part]) => mappingsIn(part, `${path}/${key}`))]
}

test('it is JSON of draft 2020-12, and describes what is written rather than what is loaded', () => {
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(schema).toMatchObject({
    type: 'object',
    required: ['suite', 'sources', 'setups', 'tasks'],
    additionalProperties: false,
    properties: {
      trials: { default: 3, type: 'integer' },
      limits: { properties: { timeout: { type: 'string' } } },
    },
  })
})

test('every key of ours has a description, and every mapping is closed', () => {
  const mappings = mappingsIn(schema, '')
  expect(mappings.length).toBeGreaterThan(10)
  const bare = mappings.flatMap(([path, { properties }]) =>
    Object.entries(isMapping(properties) ? properties : {})
      .filter(([, part]) => !isMapping(part) || typeof part.description !== 'string')
      .map(([key]) => `${path}/${key}`),
  )
  // The keys of plug-ins are theirs to describe.
  expect(bare.filter(path => !path.includes('/graders/items/anyOf/'))).toEqual([])
  expect(
    mappings.filter(([, mapping]) => mapping.additionalProperties !== false).map(([path]) => path),
  ).toEqual([])
})

test('each plug-in is an alternative with its own keys and those of all entries', () => {
  const text = JSON.stringify(schema)
  expect(text).toContain('"enum":["agent","modelled","plain"]')
  const graders = mappingsIn(schema, '').filter(([path]) => /graders\/items\/anyOf\/\d+$/.test(path))
  expect(graders.map(([, { properties }]) => Object.keys(isMapping(properties) ? properties : {}))).toEqual([
    ['type', 'name', 'weight', 'required', 'run', 'files', 'failToPass', 'passToPass', 'options'],
    ['type', 'name', 'weight', 'required', 'rubric', 'rubricFile'],
  ])
  expect(graders.map(([, { required }]) => required)).toEqual([['type', 'run'], ['type']])
})

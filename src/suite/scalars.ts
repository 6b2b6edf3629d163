/** What a scalar without quotes means in the core schema of YAML 1.2 (chapter 10.3.2 of its specification). */
export function plainValue(text: string): string | number | boolean | null {
  // Most texts are words: their first letter tells.
  if (!/^[-+.0-9~nNtTfF]|^$/.test(text)) return text
  if (/^(~|null|Null|NULL|)$/.test(text)) return null
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  if (/^0o[0-7]+$/.test(text)) return Number.parseInt(text.slice(2), 8)
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16)
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return Number(text)
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^\.(nan|NaN|NAN)$/.test(text)) return Number.NaN
  return text
}

/** Tags of the core schema; every other tag is refused. */
const scalarTags: Record<string, (value: unknown) => boolean> = {
  '!!null': value => value === null,
  '!!bool': value => typeof value === 'boolean',
  '!!int': value => Number.isInteger(value),
  '!!float': value => typeof value === 'number',
}

/** The value of a scalar that has a tag; undefined if the tag is unknown or does not fit. */
export function taggedValue(tag: string, text: string): string | number | boolean | null | undefined {
  if (tag === '!' || tag === '!!str') return text
  if (!Object.hasOwn(scalarTags, tag)) return undefined
  const value = plainValue(text)
  return scalarTags[tag]?.(value) ? value : undefined
}

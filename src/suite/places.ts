/** Where the parts of one mapping or list stand in the text. */
export interface Places {
  start: number
  /** Keys in the order of the text; null for a list. */
  names: string[] | null
  /** For a mapping: offset of each key, then of its value (-1 if it is left out). For a list: offset of each item. */
  offsets: number[]
}

const indexes = new WeakMap<string[], Map<string, number>>()

/** Which of the keys of a mapping has this name; -1 if none. Quick also for very many keys. */
export function indexOf(name: string, { names }: Pick<Places, 'names'>): number {
  if (!names) return -1
  let index = indexes.get(names)
  if (!index || index.size !== names.length) {
    index = new Map(names.map((one, at) => [one, at]))
    indexes.set(names, index)
  }
  return index.get(name) ?? -1
}

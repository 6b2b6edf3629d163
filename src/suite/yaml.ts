import { open } from 'node:fs/promises'
import {
  LineCounter,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml'
import type { Mistakes } from './mistakes.ts'

export type Path = readonly PropertyKey[]

/** A YAML file as data, with the way back from data to lines and columns. */
export interface YamlFile {
  /** Absolute path. */
  path: string
  data: unknown
  /** Where the value at a path stands; of a key inside of it with `key`. The nearest thing that exists, else line 1. */
  place(path: Path, key?: PropertyKey): { line: number; column: number }
}

const maxBytes = 5 * 2 ** 20
const maxAliases = 100
const maxDepth = 64
const maxNodes = 2_000_000

/** Reads one YAML file (1.2, core schema). Returns null, with the mistakes told, if it cannot be taken as data. */
export async function readYaml(path: string, mistakes: Mistakes): Promise<YamlFile | null> {
  const start = { line: 1, column: 1 }
  const text = await readText(
    path,
    message => mistakes.add(path, start, message),
    (place, message) => mistakes.add(path, place, message),
  )
  if (text === null) return null
  const lines = new LineCounter()
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  let documents: ReturnType<typeof parseAllDocuments>
  try {
    documents = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      lineCounter: lines,
      prettyErrors: false,
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    mistakes.add(path, start, `nested deeper than ${maxDepth} levels: flatten it`)
    return null
  }
  const list = 'empty' in documents ? [] : documents
  const [document, second] = list
  if (!document || document.contents === null) {
    mistakes.add(path, start, 'the file is empty: expected a mapping such as "suite: NAME"')
    return null
  }
  if (second) {
    mistakes.add(
      path,
      at(second.range?.[0] ?? 0),
      'a second document begins here: expected one document, without "---"',
    )
    return null
  }
  const problems = [...document.errors, ...document.warnings]
  for (const { code, message, pos } of problems) {
    mistakes.add(
      path,
      at(pos[0]),
      code === 'DUPLICATE_KEY'
        ? `duplicate key "${keyAt(text, pos[0])}": it stands here twice, keep one`
        : oneLine(message),
    )
  }
  if (problems.length > 0) return null
  if (!checkSize(document, path, mistakes, at)) return null

  const data: unknown = document.toJS({ maxAliasCount: -1 })
  return { path, data, place: (where, key) => at(offsetOf(document, where, key)) }
}

async function readText(
  path: string,
  onMistake: (message: string) => void,
  onPlace: (place: { line: number; column: number }, message: string) => void,
): Promise<string | null> {
  let bytes: Buffer
  try {
    const file = await open(path, 'r')
    try {
      const stat = await file.stat()
      if (!stat.isFile()) {
        onMistake('is no file: expected a YAML file')
        return null
      }
      if (stat.size > maxBytes) {
        onMistake(`is larger than 5 MB (${(stat.size / 2 ** 20).toFixed(1)} MB): split the suite`)
        return null
      }
      bytes = await file.readFile()
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    onMistake(code === 'ENOENT' ? 'there is no such file' : `cannot be read: ${code}`)
    return null
  }
  const text = bytes.toString('utf8')
  const bad = text.indexOf('\uFFFD')
  if (bad >= 0 && !Buffer.from(text, 'utf8').equals(bytes)) {
    onPlace(placeIn(text, bad), 'not valid UTF-8 from here on: save the file as UTF-8')
    return null
  }
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.exec(text)
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).padStart(2, '0')
    onPlace(
      placeIn(text, control.index),
      `control character \\x${code}: remove it, or write it as "\\x${code}" in double quotes`,
    )
    return null
  }
  return text
}

function placeIn(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** Bounds what a small file can unfold to, before it does. */
function checkSize(
  document: Document,
  path: string,
  mistakes: Mistakes,
  at: (offset: number) => { line: number; column: number },
): boolean {
  let aliases = 0
  let tooDeep: Node | null = null
  visit(document, {
    Alias(_key, alias) {
      aliases++
      if (alias.resolve(document)) return
      mistakes.add(
        path,
        at(alias.range?.[0] ?? 0),
        `unknown alias "*${alias.source}": nothing before it is named &${alias.source}`,
      )
    },
    Node(_key, node, parents) {
      if (parents.length > maxDepth * 2) {
        tooDeep = node
        return visit.BREAK
      }
      return undefined
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        mistakes.add(path, at(pair.key.range?.[0] ?? 0), 'unknown key "__proto__"')
      }
    },
  })
  const start = { line: 1, column: 1 }
  if (tooDeep)
    mistakes.add(
      path,
      at((tooDeep as Node).range?.[0] ?? 0),
      `nested deeper than ${maxDepth} levels: flatten it`,
    )
  else if (aliases > maxAliases)
    mistakes.add(
      path,
      start,
      `${aliases} aliases (*name), expected at most ${maxAliases}: write the values out`,
    )
  else if (unfolded(document) > maxNodes)
    mistakes.add(
      path,
      start,
      'its aliases (*name) unfold to more than two million values: write it without them',
    )
  return !mistakes.any
}

/** How many values the data has once each alias is replaced by what it stands for; stops counting a little past the bound. */
function unfolded(document: Document): number {
  const sizes = new Map<unknown, number>()
  const size = (node: unknown): number => {
    const known = sizes.get(node)
    if (known !== undefined) return known
    sizes.set(node, Infinity)
    let total = 1
    if (isAlias(node)) total = size(node.resolve(document))
    else if (isPair(node)) total = size(node.key) + size(node.value)
    else if (isMap(node) || isSeq(node)) for (const item of node.items) total += size(item)
    sizes.set(node, total)
    return total
  }
  return size(document.contents)
}

function offsetOf(document: Document, path: Path, key: PropertyKey | undefined): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const step of path) {
    node = isAlias(node) ? node.resolve(document) : node
    const pair = isMap(node) ? pairOf(node, step) : null
    const next: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined
    const found = isNode(next) ? next.range?.[0] : pair && isNode(pair.key) ? pair.key.range?.[0] : undefined
    if (found === undefined) return offset
    offset = found
    node = next
  }
  if (key === undefined) return offset
  node = isAlias(node) ? node.resolve(document) : node
  const pair = isMap(node) ? pairOf(node, key) : null
  return pair && isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset
}

function pairOf(
  map: { items: readonly { key: unknown; value: unknown }[] },
  key: PropertyKey,
): { key: unknown; value: unknown } | null {
  return (
    map.items.find(item => String(isScalar(item.key) ? item.key.value : item.key) === String(key)) ?? null
  )
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)
}

function keyAt(text: string, offset: number): string {
  return /^["']?([^"':\n]{0,80})/.exec(text.slice(offset))?.[1]?.trim() ?? ''
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

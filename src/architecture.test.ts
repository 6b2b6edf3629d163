import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = import.meta.dirname

/** The floors of the program: an import may only point to a lower floor, or stay within its own folder. */
const floors: [pattern: RegExp, floor: number][] = [
  [/^bench\//, 6],
  [/^(cli\.ts|commands\/)/, 5],
  [/^(pipeline\.ts|trial\/|suite\/)/, 4],
  [/^(harnesses|gateway|rehearsal|graders|workspaces|sandboxes|reporters|executors|stores|importers)\//, 3],
  [/^core\//, 2],
  [/^(contracts\.ts|registry\.ts|util\/)/, 1],
  [/^(model\/|errors\.ts|version\.ts)/, 0],
]

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/'))
  .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/(^|\/)testing(\/|\.ts)/.test(path))

const imports: Import[] = files.flatMap(from => {
  const text = readFileSync(join(root, from), 'utf8')
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g,
  )
  return [...statements]
    .filter(match => !match[0].includes('package.json'))
    .map(match => ({
      from,
      to: relative(root, resolve(root, dirname(from), match[2] ?? match[3] ?? '')).replaceAll('\\', '/'),
      typeOnly: match[1] !== undefined,
    }))
})

function floorOf(path: string): number {
  const found = floors.find(([pattern]) => pattern.test(path))
  if (!found)
    throw new Error(
      `${path} stands on no floor: put it into a folder that has one, or give its folder a floor here`,
    )
  return found[1]
}

const folderOf = (path: string): string => path.split('/')[0] ?? path

test('every source file stands on a floor', () => {
  expect(files.length).toBeGreaterThan(30)
  for (const file of files) floorOf(file)
})

test('imports point to lower floors only, and plug-in families do not know each other', () => {
  const wrong = imports.filter(({ from, to, typeOnly }) => {
    if (folderOf(from) === folderOf(to)) return false
    if (typeOnly && to === 'contracts.ts') return floorOf(from) < 1
    if (floorOf(from) === 5 && floorOf(to) === 5) return false
    // The pipeline tells the story of its own floor; the registry's two `define` functions speak of contracts.
    if (from === 'pipeline.ts' && floorOf(to) === 4) return false
    if (floorOf(from) === 1 && floorOf(to) === 1) return false
    return floorOf(to) >= floorOf(from)
  })
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([])
})

test('there are no import cycles', () => {
  const edges = new Map<string, string[]>()
  for (const { from, to, typeOnly } of imports)
    if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to])
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const next of edges.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(cycles).toEqual([])
})

test('the story of the program stays short', () => {
  const lines = readFileSync(join(root, 'pipeline.ts'), 'utf8').split('\n')
  expect(lines.length).toBeLessThan(140)
})

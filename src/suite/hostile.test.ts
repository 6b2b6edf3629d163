import { join } from 'node:path'
import { build } from 'esbuild'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { makeFolder, makeTemporary, suiteWith } from './testing/suites.ts'

const program = join(makeTemporary(), 'load.mjs')
// Newer V8 lets garbage grow larger before it looks at it.
const mostMemoryMb = Number(process.versions.node.split('.')[0]) > 20 ? 500 : 300

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'testing/load-main.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
})

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join('')

const goodTask = (i: number): string => `
  - id: task-${i}
    source: repo
    prompt: Fix problem number ${i}, please.
    tags: [parser, t${i % 7}]
    graders:
      - type: tests
        run: [npx, jest, test/t${i}.test.js]
        failToPass: [keeps the minutes ${i}]`

test('ten thousand tasks are loaded', async () => {
  const { tasks, maxMemoryMb } = await loadInProcess(suiteWith({ tasks: `tasks:${many(10_000, goodTask)}` }))
  expect(tasks).toBe(10_000)
  expect(maxMemoryMb).toBeLessThan(mostMemoryMb)
})

test.each<[what: string, suite: () => string, first: string, last?: string]>([
  [
    'ten thousand mistakes',
    () =>
      suiteWith({
        tasks: `tasks:${many(10_000, i => goodTask(i).replace('prompt', 'promt').replace('    tags', '    prompt: x\n    tags'))}`,
      }),
    'unknown key "promt"',
    'and 9900 more',
  ],
  [
    'a list of numbers for tasks',
    () => suiteWith({ tasks: `tasks:\n${many(500_000, () => '  - 1\n')}` }),
    'expected a mapping',
    'and at least ',
  ],
  ['brackets without end', () => `a: ${'['.repeat(4_000_000)}`, 'more than 600,000'],
  ['very many keys', () => many(290_000, i => `k${i}: 1\n`), 'too large'],
  [
    'very many sources',
    () => suiteWith({ sources: `sources:\n${many(250_000, i => `  s${i}: 1\n`)}` }),
    'more than 5,000 entries',
  ],
  [
    'setups that each extend the next',
    () => suiteWith({ setups: `setups:\n${many(5000, i => `  s${i}: { extends: s${i + 1} }\n`)}` }),
    'extends more than 32',
  ],
  [
    'a task of very many graders',
    () =>
      suiteWith({
        tasks: `tasks:\n  - id: a\n    prompt: x\n    graders:\n${many(50_000, i => `      - { type: tests, name: n${i} }\n`)}`,
      }),
    'too large',
  ],
  [
    'aliases of aliases',
    () => many(30, i => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}, *a${i - 1}`}]\n`),
    'aliases repeat more than',
  ],
  ['documents without end', () => '---\n'.repeat(550_000), 'a second document'],
  ['a quote that is never closed', () => `suite: "${'x\n '.repeat(500_000)}`, 'not valid YAML'],
])('%s: refused in little memory', async (_, suite, first, last) => {
  const result = await loadInProcess(suite())
  expect(result.first).toContain(first)
  expect(result.lines).toBeLessThanOrEqual(101)
  expect(result.last).toContain(last ?? '')
  expect(result.maxMemoryMb).toBeLessThan(mostMemoryMb)
})

interface Result {
  tasks?: number
  first?: string
  lines?: number
  last?: string
  maxMemoryMb: number
}

async function loadInProcess(suite: string): Promise<Result> {
  const folder = makeFolder({ 'suite.yaml': suite })
  // The time limit only keeps a hanging process from blocking the tests.
  const { stdout } = await execa('node', [program, join(folder, 'suite.yaml'), join(folder, '.cache')], {
    timeout: 50_000,
  })
  const result: Result = JSON.parse(stdout)
  return result
}

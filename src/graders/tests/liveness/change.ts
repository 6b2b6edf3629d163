import type { TestCase } from '../report.ts'
import type { RunnerName } from '../plan.ts'
import { changeJavaScript, type Change } from './change-javascript.ts'
import { changePython } from './change-python.ts'
import type { Edit } from './literal.ts'
import { maskJavaScript, maskPython } from './mask.ts'
import { sureInJavaScript } from './sure-javascript.ts'
import { sureInPython } from './sure-python.ts'

/** A test as its runner names it. */
type Named = Pick<TestCase, 'suite' | 'title'>

/** A test whose text was changed so that it must fail. */
export interface ChangedTest<Test extends Named = Named> {
  test: Test
  /** First line that was changed. */
  line: number
  was: string
  now: string
}

/**
 * Changes tests of a file, each at one assertion that is sure to be reached, so that code which passed them cannot pass any
 * more unless it does not go by what the tests say. Tests of which that is not sure stay as they are and are left out.
 * `reported` are all tests of that file: one that has the name of a test in the text may come from elsewhere.
 */
export function changeTests<Test extends Named>(
  text: string,
  tests: readonly Test[],
  reported: readonly Named[],
  runner: RunnerName,
): { text: string; changed: ChangedTest<Test>[] } {
  const edits: Edit[] = []
  const changed: ChangedTest<Test>[] = []
  const made = new Map<string, Change[]>()
  for (const test of tests) {
    const key = keyOf(test, runner)
    const changes = made.get(key) ?? changesFor(text, test, runner) ?? []
    const alike = new Set(reported.filter(other => keyOf(other, runner) === key).map(({ title }) => title))
    const named = reported.filter(other => other.title === test.title && keyOf(other, runner) === key)
    if (changes.length === 0 || (alike.size === 1 && named.length > changes.length)) continue
    const wanted = changes.flatMap(change => change.edits)
    if (!made.has(key)) {
      if (wanted.some(edit => edits.some(other => overlap(edit, other)))) continue
      edits.push(...wanted)
      made.set(key, changes)
    }
    changed.push({ test, ...describe(text, changes[0]?.edits ?? []) })
  }
  return { text: withEdits(text, edits), changed }
}

/** By what a test is found in the text: in Python by its class, too, and without its parameters. */
function keyOf({ suite, title }: Named, runner: RunnerName): string {
  return isPython(runner) ? [suite.at(-1) ?? '', nameOf(title)].join('.') : title
}

const isPython = (runner: RunnerName): runner is 'unittest' | 'pytest' =>
  runner === 'unittest' || runner === 'pytest'
const nameOf = (title: string): string => title.replace(/\[[^]*$/, '')

/** One for each place where a test of that name stands; null if one of them has none. */
function changesFor(text: string, test: Named, runner: RunnerName): Change[] | null {
  const options = optionsFor(text, test, runner)
  const best = options?.map(each => each.find(({ isValue }) => isValue) ?? each[0])
  return best?.every(change => change !== undefined) ? best : null
}

function optionsFor(text: string, { suite, title }: Named, runner: RunnerName): Change[][] | null {
  if (runner === 'node' || runner === 'jest' || runner === 'vitest') {
    const masked = maskJavaScript(text) ?? ''
    const sure = sureInJavaScript(text, title, runner)
    return sure?.map(each => each.flatMap(one => changeJavaScript(text, masked, one) ?? [])) ?? null
  }
  if (isPython(runner)) {
    const masked = maskPython(text) ?? ''
    const sure = sureInPython(text, { name: nameOf(title), owner: suite.at(-1) ?? null }, runner)
    return sure?.map(each => each.flatMap(at => changePython(text, masked, at) ?? [])) ?? null
  }
  return null
}

function overlap(one: Edit, other: Edit): boolean {
  return one.from <= other.to && other.from <= one.to
}

function withEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((now, { from, to, text: put }) => now.slice(0, from) + put + now.slice(to), text)
}

function describe(text: string, edits: readonly Edit[]): Omit<ChangedTest, 'test'> {
  const first = Math.min(...edits.map(({ from }) => from))
  const from = text.lastIndexOf('\n', first - 1) + 1
  const end = text.indexOf('\n', Math.max(...edits.map(({ to }) => to)))
  const was = text.slice(from, end === -1 ? undefined : end)
  const moved = edits.map(edit => ({ ...edit, from: edit.from - from, to: edit.to - from }))
  return {
    line: text.slice(0, from).split('\n').length,
    was: was.trim(),
    now: withEdits(was, moved).trim(),
  }
}

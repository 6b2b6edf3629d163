import type { RunnerName } from '../plan.ts'
import { changeJavaScript, type Change } from './change-javascript.ts'
import { changePython } from './change-python.ts'
import type { Edit } from './literal.ts'
import { maskJavaScript, maskPython } from './mask.ts'
import { sureInJavaScript } from './sure-javascript.ts'
import { sureInPython } from './sure-python.ts'

/** A test whose text was changed so that it must fail. */
export interface ChangedTest {
  title: string
  /** First line that was changed. */
  line: number
  was: string
  now: string
}

/**
 * Changes tests of a file, each at one assertion that is sure to be reached, so that code which passed them cannot pass any
 * more unless it does not go by what the tests say. Tests of which that is not sure stay as they are and are left out.
 */
export function changeTests(
  text: string,
  titles: readonly string[],
  runner: RunnerName,
): { text: string; changed: ChangedTest[] } {
  const edits: Edit[] = []
  const changed: ChangedTest[] = []
  for (const title of titles) {
    const changes = changesFor(text, title, runner)
    const wanted = changes?.flatMap(change => change.edits) ?? []
    if (wanted.length === 0 || wanted.some(edit => edits.some(other => overlap(edit, other)))) continue
    edits.push(...wanted)
    changed.push(describe(text, title, changes?.[0]?.edits ?? []))
  }
  return { text: withEdits(text, edits), changed }
}

/** One for each place where a test of that name stands; null if one of them has none. */
function changesFor(text: string, title: string, runner: RunnerName): Change[] | null {
  const options = optionsFor(text, title, runner)
  const best = options?.map(each => each.find(({ isValue }) => isValue) ?? each[0])
  return best?.every(change => change !== undefined) ? best : null
}

function optionsFor(text: string, title: string, runner: RunnerName): Change[][] | null {
  if (runner === 'node' || runner === 'jest' || runner === 'vitest') {
    const masked = maskJavaScript(text) ?? ''
    const sure = sureInJavaScript(text, title, runner)
    return sure?.map(each => each.flatMap(one => changeJavaScript(text, masked, one) ?? [])) ?? null
  }
  if (runner === 'unittest' || runner === 'pytest') {
    const masked = maskPython(text) ?? ''
    const sure = sureInPython(text, title.replace(/\[[^]*$/, ''), runner)
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

function describe(text: string, title: string, edits: readonly Edit[]): ChangedTest {
  const first = Math.min(...edits.map(({ from }) => from))
  const from = text.lastIndexOf('\n', first - 1) + 1
  const end = text.indexOf('\n', Math.max(...edits.map(({ to }) => to)))
  const was = text.slice(from, end === -1 ? undefined : end)
  const moved = edits.map(edit => ({ ...edit, from: edit.from - from, to: edit.to - from }))
  return {
    title,
    line: text.slice(0, from).split('\n').length,
    was: was.trim(),
    now: withEdits(was, moved).trim(),
  }
}

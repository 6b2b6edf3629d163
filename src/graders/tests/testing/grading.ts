import type { GraderResult } from '../../../contracts.ts'
import type { GradingPlace, Scene } from '../../testing/input.ts'
import { tests } from '../../tests.ts'
import { TestsConfig } from '../config.ts'

/** A trial in the words of a test: what was there, and what the agent did to it. */
export interface Case extends Omit<Scene, 'workspace' | 'changedFiles'> {
  /** Files that the agent wrote; null: deleted. */
  agent?: Record<string, string | null>
}

/** What the agent left, and which files of it differ. */
export function toScene({ agent = {}, ...scene }: Case): Scene {
  const workspace = { ...scene.pristine, ...agent }
  const left = Object.entries(workspace).filter((entry): entry is [string, string] => entry[1] !== null)
  return { ...scene, workspace: Object.fromEntries(left), changedFiles: Object.keys(agent) }
}

/** Grades a trial by real runs of the tests. */
export async function graded(
  place: GradingPlace,
  scene: Case,
  keys: object,
): Promise<GraderResult & { logs: string }> {
  const input = await place.input(toScene(scene))
  return { ...(await tests.grade(input, TestsConfig.parse(keys))), logs: input.logs }
}

/** A module with a bug, a visible test that passes all the same, and a hidden test that does not. */
export const pristine: Record<string, string> = {
  'package.json': '{"type":"module"}',
  'src/double.js': 'export const double = n => n + 2\n',
  'test/visible.test.js': `
    import test from 'node:test'
    import assert from 'node:assert'
    import { double } from '../src/double.js'
    test('doubles two', () => assert.equal(double(2), 4))`,
}
export const hidden = `
  import test from 'node:test'
  import assert from 'node:assert'
  import { double } from '../src/double.js'
  test('doubles three', () => assert.equal(double(3), 6))`
export const files: Record<string, string> = { './hidden.test.js': hidden }
export const keys = {
  run: ['node', '--test'],
  files: { 'test/hidden.test.js': './hidden.test.js' },
  failToPass: ['doubles three'],
}
export const mended = { 'src/double.js': 'export const double = n => n * 2\n' }

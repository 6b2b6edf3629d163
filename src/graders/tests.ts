import { InfraError } from '../errors.ts'
import type { GradeInput, OpenWorkspace } from '../contracts.ts'
import { defineGrader } from '../registry.ts'
import { formatDuration } from '../util/duration.ts'
import { hiddenPaths, TestsConfig } from './tests/config.ts'
import { judge, keptTests } from './tests/judge.ts'
import { checkLiveness } from './tests/liveness.ts'
import { withLiveness } from './tests/liveness/verdict.ts'
import { finderOf } from './tests/names.ts'
import { originalTree, runTests, type TestRun } from './tests/run.ts'
import { isSame } from './tests/steering.ts'

/** Runs a test command and asks of tests by name: those that had to begin to pass, and those that had to pass still. */
export const tests = defineGrader({
  config: TestsConfig,
  description:
    'tests by name: which must begin to pass, which must pass still; the exit code and the output decide nothing',
  files: config => [...new Set(Object.values(config.files))],

  async grade(input, config) {
    const ground = withOnePristineTree(input)
    const runPristine = (): Promise<TestRun> =>
      input.once('pristine', () => runTests(ground, config, 'pristine'))

    const before = config.passToPass === 'all' ? mustHaveRun(await runPristine(), config) : null
    if (before && config.failToPass.length === 0 && keptTests(before, []).length === 0) {
      throw new InfraError(
        `passToPass: all finds no test that passes before the agent comes (${before.incomplete ?? 'none was reported as passed'}) ` +
          'and failToPass names none, so there is nothing to judge: name tests, or mend run. ' +
          lastWords(before),
      )
    }
    const first = await runTests(ground, config, 'patched')
    const disputed = await disputedFiles(first, before, runPristine, ground, config)
    const run = disputed.length === 0 ? first : await runTests(ground, config, 'patched', disputed)
    if (run.missingTool !== null && !before) mustHaveTool(await runPristine())
    const result = judge(config, run, before, input.outcome.changedFiles)
    if (!result.pass) return result
    return withLiveness(
      result,
      await checkLiveness(ground, config, { run, before, restored: disputed, runPristine }),
    )
  },
})

/** A second tree without the patch and with the same files would be the same again. */
function withOnePristineTree(input: GradeInput): GradeInput {
  const trees = new Map<string, Promise<OpenWorkspace>>()
  const pristine: GradeInput['pristine'] = options => {
    const key = JSON.stringify(options)
    const tree = trees.get(key) ?? input.pristine(options)
    trees.set(key, tree)
    return tree
  }
  return { ...input, pristine }
}

/**
 * Files of tests that count, and that the agent has changed, removed or renamed: it is the test as the suite knows it that
 * counts. Those are put back and the tests run once more.
 */
async function disputedFiles(
  run: TestRun,
  before: TestRun | null,
  runPristine: () => Promise<TestRun>,
  ground: GradeInput,
  config: TestsConfig,
): Promise<string[]> {
  const { changedFiles } = ground.outcome
  const hidden = hiddenPaths(config)
  const mayCount = changedFiles.filter(path => !hidden.includes(path))
  if (mayCount.length === 0) return []
  const listed = Array.isArray(config.passToPass) ? config.passToPass : []
  const find = finderOf(run.tests)
  const isMissing = listed.some(name => find(name).length === 0)
  const earlier = before ?? (isMissing ? await runPristine() : null)
  const counting = [
    ...[...config.failToPass, ...listed].flatMap(find),
    ...(before ? keptTests(before, config.failToPass) : []),
    ...(earlier ? listed.flatMap(finderOf(earlier.tests)) : []),
  ]
  const files = new Set(counting.map(test => test.file))
  const changed = mayCount.filter(path => files.has(path))
  if (changed.length === 0) return []
  const original = (await originalTree(ground, config)).files
  const same = await Promise.all(changed.map(path => isSame(run.workspace.files, original, path)))
  return changed.filter((_, index) => !same[index])
}

function mustHaveTool(pristine: TestRun): TestRun {
  if (pristine.missingTool === null) return pristine
  throw new InfraError(
    `the test tool is not there, with or without the agent's change: ${pristine.missingTool}. ` +
      'Install it by prepare of the source, or correct run.',
  )
}

/** The run without the agent's change says what must pass still: if it was cut off, nothing can be said. */
function mustHaveRun(pristine: TestRun, config: TestsConfig): TestRun {
  mustHaveTool(pristine)
  if (pristine.end === 'exited') return pristine
  throw new InfraError(
    `before any change by the agent ${pristine.incomplete}, so passToPass: all cannot be found out: ` +
      `raise timeout (${formatDuration(config.timeout)}), or list the tests in passToPass, or set it to none. ${lastWords(pristine)}`,
  )
}

function lastWords({ lastLine }: TestRun): string {
  return lastLine === null ? 'Its output is empty.' : `Last line of its output: ${lastLine}`
}

import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '../../errors.ts'
import type { ExecResult, GradeInput } from '../../contracts.ts'
import type { FileTree } from '../../model/files.ts'
import { formatDuration } from '../../util/duration.ts'
import { removePaths } from '../../util/file-tree.ts'
import { matcher } from '../../util/glob.ts'
import { resolveInside } from '../../util/inside.ts'
import type { TestsConfig } from './config.ts'
import { missingTool } from './missing-tool.ts'
import { planRun, type RunnerName, type RunPlan } from './plan.ts'
import { withPlaces } from './places.ts'
import { readReport, readTail } from './read-report.ts'
import { firstLine, noReport, type TestReport } from './report.ts'
import { isSteering, restorePaths, restoreSteering } from './steering.ts'

/** What of a grader's input a run of the tests needs. */
export type Ground = Pick<
  GradeInput,
  'outcome' | 'workspace' | 'pristine' | 'files' | 'logs' | 'scratch' | 'env' | 'exec' | 'signal'
>

/** One run of the test command, and what was reported of it. JSON. */
export interface TestRun extends TestReport {
  runner: RunnerName
  end: ExecResult['end'] | 'not-started'
  exitCode: number | null
  durationMs: number
  /** The program that is not there, as the output tells it; null where it is there. */
  missingTool: string | null
  /** Last line of its output; null if it was silent. */
  lastLine: string | null
  /** Files of the agent that were put back before the run. */
  restored: string[]
  /** Folder in which it ran. */
  root: string
}

/**
 * Runs the tests once in a fresh tree: `pristine` is the pin with the hidden files, `patched` has the agent's patch too, but
 * for files that steer the runner, and `restore`: those are as in the pristine tree. Never throws for what the tests do.
 */
export async function runTests(
  ground: Ground,
  config: TestsConfig,
  tree: 'pristine' | 'patched',
  restore: readonly string[] = [],
): Promise<TestRun> {
  const plan = planRun(config)
  if ('key' in plan) throw new InfraError(`tests.${plan.key}: ${plan.message}`)
  const opened =
    tree === 'pristine'
      ? originalTree(ground, config)
      : ground.workspace({ hidden: true, files: placedFiles(config, ground.files) })
  const root = await realpath(await opened)
  const restored = tree === 'pristine' ? [] : await putBack(ground, config, root, restore)
  const label = restore.length === 0 ? tree : `${tree}-again`
  return { ...(await runIn(root, label, plan, ground, config)), restored, root }
}

/** A tree without the agent's patch, but with the hidden files. */
export function originalTree(ground: Ground, config: TestsConfig): Promise<string> {
  return ground.pristine({ hidden: true, files: placedFiles(config, ground.files) })
}

/** The hidden files by their path in the workspace. */
function placedFiles(config: TestsConfig, files: FileTree): FileTree {
  return Object.fromEntries(
    Object.entries(config.files).map(([target, source]) => {
      const content = files[source]
      if (!content) throw new InfraError(`tests.files: ${source} was not loaded with the suite`)
      return [target, content]
    }),
  )
}

async function putBack(
  ground: Ground,
  config: TestsConfig,
  root: string,
  also: readonly string[],
): Promise<string[]> {
  const mayChange = matcher(config.allow)
  const steering = ground.outcome.changedFiles.filter(
    path => isSteering(path) && !mayChange(path) && !Object.hasOwn(config.files, path),
  )
  if (steering.length === 0 && also.length === 0) return []
  const original = await originalTree(ground, config)
  await restorePaths(root, original, also)
  return [...also, ...(await restoreSteering(root, original, steering))]
}

async function runIn(
  root: string,
  label: string,
  plan: RunPlan,
  ground: Ground,
  config: TestsConfig,
): Promise<Omit<TestRun, 'restored' | 'root'>> {
  const { runner } = plan
  const logs = {
    stdout: join(ground.logs, `${label}.stdout.log`),
    stderr: join(ground.logs, `${label}.stderr.log`),
  }
  const cwd = await folderIn(root, config.cwd)
  if (cwd === null) {
    const report = noReport(`${config.cwd} is no folder of the workspace`)
    return {
      ...report,
      runner,
      end: 'not-started',
      exitCode: null,
      durationMs: 0,
      missingTool: null,
      lastLine: null,
    }
  }
  const secret = join(ground.scratch, randomBytes(16).toString('hex'))
  await mkdir(secret, { mode: 0o700 })
  const helper = join(secret, plan.helper?.name ?? 'none')
  if (plan.helper) await writeFile(helper, plan.helper.text)
  const report = join(secret, `${randomBytes(8).toString('hex')}.report`)
  // What an earlier grading left would be appended to, or taken for this run's.
  await Promise.all([rm(logs.stdout, { force: true }), rm(logs.stderr, { force: true })])
  if (plan.channel === 'workspace') await removePaths(root, [config.report ?? ''])

  const result = await ground.exec({
    command: plan.command(report, helper),
    cwd,
    env: { ...ground.env, CI: 'true', ...config.env },
    timeoutMs: config.timeout,
    ...logs,
    signal: ground.signal,
  })
  ground.signal.throwIfAborted()

  const path =
    plan.channel === 'stdout' ? logs.stdout : plan.channel === 'private' ? report : reportIn(root, config)
  const read = await readReport(await path)
  if ('text' in read && plan.channel !== 'stdout')
    await copyFile(await path, join(ground.logs, `${label}.report`))
  const parsed = 'text' in read ? plan.parse(read.text) : noReport(read.missing)
  const output = `${await readTail(logs.stdout)}\n${await readTail(logs.stderr)}`
  return {
    ...(await withPlaces(parsed, root, cwd)),
    incomplete: badEnd(result, config) ?? parsed.incomplete,
    runner,
    end: result.end,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    missingTool: parsed.tests.length === 0 ? missingTool(result, output) : null,
    lastLine: firstLine(output.trimEnd().split('\n').at(-1) ?? ''),
  }
}

async function folderIn(root: string, path: string | undefined): Promise<string | null> {
  if (path === undefined) return root
  // The agent may have put a link that leads out, or a file, in its place.
  const folder = await resolveInside(root, path).catch(() => null)
  if (folder === null) return null
  const isFolder = await stat(folder).then(
    found => found.isDirectory(),
    () => false,
  )
  return isFolder ? folder : null
}

async function reportIn(root: string, config: TestsConfig): Promise<string> {
  const path = config.report ?? ''
  return resolveInside(root, path).catch(() => join(root, path))
}

function badEnd(result: ExecResult, config: TestsConfig): string | null {
  if (result.end === 'exited') return null
  if (result.end === 'timeout') return `the tests did not end within ${formatDuration(config.timeout)}`
  if (result.end === 'signalled') return `the runner was ended by ${result.signal ?? 'a signal'}`
  if (result.end === 'not-found') return 'the program of run was not found'
  return 'the tests wrote more output than may be kept'
}

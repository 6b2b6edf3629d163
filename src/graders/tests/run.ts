import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { InfraError } from '../../errors.ts'
import type { ExecResult, GradeInput, OpenWorkspace, WorkspaceFiles } from '../../contracts.ts'
import type { FileTree } from '../../model/files.ts'
import { formatDuration } from '../../util/duration.ts'
import { toBytes, toContent } from '../../util/file-tree.ts'
import { matcher } from '../../util/glob.ts'
import { onDisk } from '../../util/layers.ts'
import { readTail, readUntrusted } from '../../util/output.ts'
import { cleanPath } from '../inside.ts'
import { runLogged } from '../process.ts'
import { hiddenPaths, type TestsConfig } from './config.ts'
import { loadedBy } from './loaded.ts'
import { missingTool } from './missing-tool.ts'
import { withPlaces } from './places.ts'
import { planRun, type RunnerName, type RunPlan } from './plan.ts'
import { firstLine, noReport, type TestReport } from './report.ts'
import { isSteering, restoreSteering } from './steering.ts'

const maxReportBytes = 64 * 1024 * 1024
const tailBytes = 8192

/** One run of the test command, and what was reported of it. */
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
  /** The tree in which it ran. */
  workspace: OpenWorkspace
}

/**
 * Runs the tests once in a fresh tree: `pristine` is the pin with the hidden files, `patched` has the agent's patch too, but
 * for files that steer the runner, and `restore`: those are as in the pristine tree. Never throws for what the tests do.
 * `changed` are tests as they are to be for this run only. To the code under test a run with them looks like any other, and
 * nothing that it leaves behind is there in the next.
 */
export async function runTests(
  input: GradeInput,
  config: TestsConfig,
  tree: 'pristine' | 'patched',
  restore: readonly string[] = [],
  changed: FileTree = {},
): Promise<TestRun> {
  const plan = planRun(config)
  if ('key' in plan) throw new InfraError(`tests.${plan.key}: ${plan.message}`)
  const options = { hidden: true, files: { ...placedFiles(config, input.files), ...changed } }
  const workspace = await (tree === 'pristine' ? input.pristine(options) : input.workspace(options))
  const restored = tree === 'pristine' ? [] : await putBack(input, config, workspace.files, restore)
  // Only a test that was put back is to be changed once more: the others would be younger than in any other run.
  const again = Object.entries(changed).filter(([path]) => restored.includes(path))
  await workspace.files.write(Object.fromEntries(again))
  const isLiveness = Object.keys(changed).length > 0
  const label = isLiveness ? `${tree}-liveness` : restore.length === 0 ? tree : `${tree}-again`
  return { ...(await runIn(workspace, label, plan, input, config)), restored, workspace }
}

/** A tree without the agent's patch, but with the hidden files. */
export function originalTree(input: GradeInput, config: TestsConfig): Promise<OpenWorkspace> {
  return input.pristine({ hidden: true, files: placedFiles(config, input.files) })
}

/** The hidden files by their path in the workspace. */
function placedFiles(config: TestsConfig, files: FileTree): FileTree {
  const targets = hiddenPaths(config)
  return Object.fromEntries(
    Object.values(config.files).map((source, index) => {
      const content = files[source] ?? files[posix.normalize(source)]
      if (!content) throw new InfraError(`tests.files: the suite file ${source} is missing`)
      return [targets[index], content]
    }),
  )
}

async function putBack(
  input: GradeInput,
  config: TestsConfig,
  files: WorkspaceFiles,
  also: readonly string[],
): Promise<string[]> {
  const mayChange = matcher(config.allow)
  const isLoaded = loadedBy(config)
  const hidden = hiddenPaths(config)
  const steering = input.outcome.changedFiles.filter(
    path => (isSteering(path) || isLoaded(path)) && !mayChange(path) && !hidden.includes(path),
  )
  if (steering.length === 0 && also.length === 0) return []
  const original = (await originalTree(input, config)).files
  await files.copy(original, also)
  return [...also, ...(await restoreSteering(files, original, steering))]
}

type Run = Omit<TestRun, 'restored' | 'workspace'>

async function runIn(
  workspace: OpenWorkspace,
  label: string,
  plan: RunPlan,
  input: GradeInput,
  config: TestsConfig,
): Promise<Run> {
  const cwd = await folderIn(workspace, config.cwd)
  if (cwd === null) return notStarted(plan, `${config.cwd} is no folder of the workspace`)
  const secret = join(input.scratch, randomBytes(16).toString('hex'))
  await mkdir(secret, { mode: 0o700 })
  const helper = join(secret, plan.helper?.name ?? 'none')
  if (plan.helper) await writeFile(helper, plan.helper.text)
  const report = join(secret, `${randomBytes(8).toString('hex')}.report`)
  if (plan.channel === 'workspace') await clear(workspace.files, cleanPath(config.report ?? ''))

  const own = await ownFolders(secret, { ...input.env, CI: 'true', ...config.env })
  const request = {
    command: plan.command(report, helper),
    cwd,
    env: own,
    timeoutMs: config.timeout,
    write: [secret],
  }
  const { result, logs } = await runHidden(input, request, label)
  const { stdout, stderr } = logs
  const path = { stdout, private: report, workspace: await reportIn(workspace.files, config) }[plan.channel]
  const text = (path && (await readUntrusted(path, maxReportBytes))) ?? ''
  if (text !== '' && path !== stdout) await writeFile(join(input.logs, `${label}.report`), text)
  await rm(secret, { recursive: true, force: true })
  const parsed = text.trim() === '' ? noReport('no report was written') : plan.parse(text)
  const output = `${await readTail(stdout, tailBytes)}\n${await readTail(stderr, tailBytes)}`
  return {
    ...(await withPlaces(parsed, workspace, cwd)),
    incomplete: (await rewritten(workspace)) ?? badEnd(result, config) ?? parsed.incomplete,
    runner: plan.runner,
    end: result.end,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    missingTool: parsed.tests.length === 0 ? missingTool(result, output) : null,
    lastLine: firstLine(output.trimEnd().split('\n').at(-1) ?? ''),
  }
}

function notStarted(plan: RunPlan, why: string): Run {
  const nothing = { exitCode: null, durationMs: 0, missingTool: null, lastLine: null }
  return { ...noReport(why), runner: plan.runner, end: 'not-started', ...nothing }
}

/** A home and a folder for temporary files that no other run has: what one leaves there would tell the next that it is not the first. */
async function ownFolders(secret: string, env: Record<string, string>): Promise<Record<string, string>> {
  const [home, temporary] = [join(secret, 'home'), join(secret, 'tmp')]
  await Promise.all([home, temporary].map(path => mkdir(path, { mode: 0o700 })))
  const shared = env['HOME']
  const moved = Object.entries(env).map(([name, value]) => [
    name,
    shared !== undefined && (value === shared || value.startsWith(`${shared}/`))
      ? home + value.slice(shared.length)
      : value,
  ])
  return { ...Object.fromEntries(moved), TMPDIR: temporary }
}

/** The names of logs tell which run it is, so they get them only after it. */
async function runHidden(
  input: GradeInput,
  request: Parameters<typeof runLogged>[1],
  label: string,
): Promise<{ result: ExecResult; logs: { stdout: string; stderr: string } }> {
  const folder = join(input.logs, randomBytes(16).toString('hex'))
  await mkdir(folder, { mode: 0o700 })
  const run = await runLogged({ ...input, logs: folder }, request)
  const logs = {
    stdout: join(input.logs, `${label}.stdout.log`),
    stderr: join(input.logs, `${label}.stderr.log`),
  }
  await Promise.all([rename(run.stdout, logs.stdout), rename(run.stderr, logs.stderr)])
  await rm(folder, { recursive: true })
  return { result: run.result, logs }
}

/** Null where the agent has put something else in the place of the folder, or a link that leads out. */
async function folderIn({ path, files }: OpenWorkspace, folder = ''): Promise<string | null> {
  const found = await files.locate(cleanPath(folder))
  return found.state === 'there' && found.entry.stats.isDirectory() ? join(path, found.path) : null
}

/** A report that lies there before the run is the agent's, and so is a link on the way to one. */
async function clear(files: WorkspaceFiles, path: string): Promise<void> {
  await files.write({ [path]: toContent(new Uint8Array(), false) })
  await files.remove([path])
}

async function reportIn(files: WorkspaceFiles, config: TestsConfig): Promise<Buffer | null> {
  if (config.report === undefined) return null
  const found = await files.locate(cleanPath(config.report))
  return found.state === 'there' ? onDisk(found.entry.places[0]) : null
}

/** Programs do not change themselves; data may be changed by the tests that use it. */
const isProgram = matcher([
  '**/*.{js,cjs,mjs,jsx,ts,cts,mts,tsx,py,rb,go,rs,java,kt,cs,php,ex,exs,c,cc,cpp,h}',
])

/** The code under test runs where the tests stand, and could write over those that are still to be loaded. */
async function rewritten({ files, placed }: OpenWorkspace): Promise<string | null> {
  for (const [path, content] of Object.entries(placed)) {
    if (!isProgram(path) || (await files.read(path))?.equals(toBytes(content))) continue
    return `the hidden file ${path} was changed while the tests ran`
  }
  return null
}

function badEnd(result: ExecResult, config: TestsConfig): string | null {
  if (result.end === 'exited') return null
  if (result.end === 'timeout') return `the tests did not end within ${formatDuration(config.timeout)}`
  if (result.end === 'signalled') return `the runner was ended by ${result.signal ?? 'a signal'}`
  if (result.end === 'not-found') return 'the program of run was not found'
  return 'the tests wrote more output than may be kept'
}

import { mkdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError, isOutside } from '../errors.ts'
import type {
  FixFiles,
  GradeInput,
  HarnessResult,
  Placement,
  PreparedSource,
  Workspace,
} from '../contracts.ts'
import type { FileTree } from '../model/files.ts'
import type { GraderSpec, Task } from '../model/suite.ts'
import type { Grade, Outcome } from '../model/trial.ts'
import { matcher } from '../util/glob.ts'
import type { Overlay } from '../util/overlay.ts'
import { throwAway } from '../util/trash.ts'
import { cleanEnv, setOnes } from '../util/host-env.ts'
import type { TrialParts } from './parts.ts'
import { resourcesOf } from './resources.ts'

/** All that is known of an attempt once the agent is gone. */
export interface Evidence extends HarnessResult {
  outcome: Outcome
  patch: string
}

/** Where grading starts from. */
export interface GradingGround {
  prepared: PreparedSource
  placement: Placement
  logs: string
}

/**
 * Lets every grader of a task judge an attempt, one after the other, each in fresh workspaces: pin + setup files + the
 * agent's patch, and only then the hidden files. Nothing of the agent's own folder is used. A grader that cannot judge
 * gives an unscored grade; a bug is thrown.
 */
export async function gradeAttempt(
  task: Task,
  evidence: Evidence,
  ground: GradingGround,
  parts: TrialParts,
): Promise<Grade[]> {
  const grades: Grade[] = []
  for (const spec of task.graders) {
    parts.signal.throwIfAborted()
    grades.push(await gradeWith(spec, task, evidence, ground, parts))
  }
  return grades
}

async function gradeWith(
  spec: GraderSpec,
  task: Task,
  evidence: Evidence,
  ground: GradingGround,
  parts: TrialParts,
): Promise<Grade> {
  const key = { grader: spec.name, type: spec.type, weight: spec.weight, required: spec.required }
  const opened: Workspace[] = []
  const folders = graderFolders(join(ground.logs, 'graders', spec.name), parts)
  try {
    const grader = parts.grader(spec.type)
    const input = gradeInput(spec, task, evidence, { ...ground, folders: folders.get }, parts, opened)
    const { score, pass, explanation, details } = await grader.grade(input, spec.config)
    return { status: 'scored', ...key, score, pass, explanation, details: details ?? null }
  } catch (error) {
    if (!isOutside(error)) throw error
    return { status: 'unscored', ...key, reason: error.message }
  } finally {
    await Promise.all(opened.map(workspace => workspace.dispose()))
    folders.discard()
  }
}

interface GraderFolders {
  home: string
  temporary: string
  scratch: string
  logs: string
}

/** Made when a grader first asks for one: many judge by the patch alone. */
function graderFolders(logs: string, parts: TrialParts): { get(): GraderFolders; discard(): void } {
  let folder: string | null = null
  let made: GraderFolders | null = null
  const make = (): GraderFolders => {
    const root = (folder = parts.makeFolder('grader'))
    const own = { home: join(root, 'home'), temporary: join(root, 'tmp'), scratch: join(root, 'scratch') }
    for (const path of Object.values(own)) mkdirSync(path, { mode: 0o700 })
    mkdirSync(logs, { recursive: true })
    return { ...own, logs }
  }
  return {
    get: () => (made ??= make()),
    discard: () => folder !== null && throwAway(folder),
  }
}

function gradeInput(
  spec: GraderSpec,
  task: Task,
  evidence: Evidence,
  ground: GradingGround & { folders(): GraderFolders },
  parts: TrialParts,
  opened: Workspace[],
): GradeInput {
  const { folders } = ground
  const open = async (placement: Placement): Promise<Workspace> => {
    const workspace = await parts.workspaces.create(ground.prepared, placement)
    opened.push(workspace)
    return workspace
  }
  const fix = (): Promise<FixFiles | null> => fixOf(task, ground.prepared, parts)
  const placedIn = async (hidden: boolean, files: FileTree): Promise<FileTree> => ({
    ...(hidden ? (await fix())?.hidden : {}),
    ...files,
  })

  return {
    task: { id: task.id, prompt: task.prompt },
    attempt: evidence.attempt,
    transcript: evidence.transcript,
    outcome: evidence.outcome,
    patch: evidence.patch,
    async workspace({ hidden, files = {} }) {
      const workspace = await open(ground.placement)
      if (evidence.patch !== '') await workspace.apply(evidence.patch)
      if (hidden) await placeHidden(workspace, await fix(), task, evidence.outcome.changedFiles)
      await workspace.files.write(files)
      return { ...workspace, placed: await placedIn(hidden, files) }
    },
    async pristine({ hidden, files = {} }) {
      const workspace = await open({ files: {}, strip: [] })
      if (hidden) await placeHidden(workspace, await fix(), task, [])
      await workspace.files.write(files)
      return { ...workspace, placed: await placedIn(hidden, files) }
    },
    once: (name, make) => parts.once(`${task.id}/${spec.name}/${name}`, make),
    // No task is named so: an id holds no space.
    oncePerRun: (name, make) => parts.once(`every task/${spec.type}/${name}`, make),
    files: spec.files,
    get logs() {
      return folders().logs
    },
    get scratch() {
      return folders().scratch
    },
    get env() {
      return cleanEnv(parts.hostEnv, folders())
    },
    secrets: setOnes(parts.grader(spec.type).secrets?.(spec.config) ?? [], parts.hostEnv),
    // What is judged may be hostile, and must not ask anybody.
    exec: ({ write, ...request }) => {
      const { home, temporary, scratch, logs } = folders()
      return parts.exec({
        access: {
          // A run must not see the workspace of another one: what was left there could tell it which one it is.
          write: [
            ...around(request.cwd, opened).map(({ path }) => path),
            ...(write ?? [home, temporary, scratch, logs]),
          ],
          read: [],
          network: 'off',
          overlays: around(request.cwd, opened).flatMap(({ overlay }): Overlay[] =>
            overlay ? [overlay] : [],
          ),
          image: ground.prepared.source.image,
        },
        limits: resourcesOf(task.limits),
        ...request,
      })
    },
    signal: parts.signal,
  }
}

/** Reads the fix commit of a task once per run; null where the task has none. Throws UserError where it cannot be one. */
export function fixOf(task: Task, prepared: PreparedSource, parts: TrialParts): Promise<FixFiles | null> {
  const { fix } = task
  if (!fix) return Promise.resolve(null)
  return parts.once(`${task.id}/fix`, async () => {
    try {
      return await parts.workspaces.readFix(prepared.source, fix)
    } catch (error) {
      throw error instanceof UserError ? new UserError(`task ${task.id}: ${error.message}`) : error
    }
  })
}

/**
 * Puts the fix commit's hidden files in place. What the agent did under the hidden globs is undone first: neither a file
 * planted there nor a changed helper takes part in the judgement.
 */
async function placeHidden(
  workspace: Workspace,
  fix: FixFiles | null,
  task: Task,
  changedFiles: readonly string[],
): Promise<void> {
  if (!fix || !task.fix) return
  await workspace.restore(changedFiles.filter(matcher(task.fix.hidden)))
  await workspace.files.prune(fix.deleted)
  await workspace.files.write(fix.hidden)
}

/** A command in a workspace needs no other one: those may be in use by other commands. */
function around(cwd: string, opened: readonly Workspace[]): readonly Workspace[] {
  const found = opened.filter(({ path }) => cwd === path || cwd.startsWith(`${path}${sep}`))
  return found.length > 0 ? found : opened
}

import { access, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { simpleGit } from 'simple-git'
import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { count } from '../core/words.ts'
import type { Suite } from '../model/suite.ts'
import { pick } from '../registry.ts'
import { folders, topLevel } from './folders.ts'
import { findCandidates } from './init/candidates.ts'
import { detect } from './init/detect.ts'
import { harnessHere } from './init/harness.ts'
import { scaffold } from './init/scaffold.ts'
import { answerJson, tell, type Io } from './io.ts'
import { families, load } from './wiring.ts'

export const suiteFileName = 'agent-eval.yaml'

export interface InitOptions {
  name?: string
  tasks?: number
  force?: boolean
  json?: boolean
}

/** `agent-eval init`: writes a first suite for the repository one stands in. Nothing of the repository is run. */
export async function init(options: InitOptions, io: Io): Promise<ExitCode> {
  const root = topLevel(io.cwd)
  const head = await simpleGit(root)
    .revparse(['HEAD'])
    .catch(() => null)
  if (head === null) {
    throw new UserError(
      `${root} is not a git repository with a commit. Suites pin commits: git init, git add, git commit, then again.`,
    )
  }
  const file = join(root, suiteFileName)
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  if (exists && !options.force)
    throw new UserError(`${relative(io.cwd, file)} exists already. Use --force to write it anew.`)

  const [detected, candidates] = await Promise.all([detect(root), findCandidates(root, options.tasks ?? 3)])
  const name = toId(options.name ?? basename(root))
  const harness = harnessHere(families.harnesses, io.env['PATH'] ?? '')
  await writeFile(file, scaffold({ name, head, harness, detected, candidates }))
  const suite = await load(file, io)

  const missing = await missingAgents(suite)
  if (options.json)
    answerJson(io, {
      file,
      suite: suite.name,
      tasks: suite.tasks.map(task => task.id),
      runner: detected.runner,
    })
  const found = [
    detected.runner === null ? 'no test runner that is known' : `tests by ${detected.runner}`,
    detected.contextFiles.length > 0 ? detected.contextFiles.join(', ') : 'no context files',
    detected.skills.length > 0 ? count(detected.skills.length, 'skill') : 'no skills',
  ]
  tell(
    io,
    [
      `Wrote ${relative(io.cwd, file)} with ${count(suite.tasks.length, 'task')}. Found: ${found.join('; ')}.`,
      ...missing,
      'Next:',
      '  1. read its prompts: they should say what is wrong, not how to mend it',
      `  2. agent-eval validate ${relative(io.cwd, file)} --prove     each task can be solved, and is not solved yet`,
      `  3. agent-eval run ${relative(io.cwd, file)} --dry-run        what it would run`,
      `Results go to ${relative(io.cwd, folders(io).results)}/, which git does not see.`,
    ].join('\n'),
  )
  return exitCodes.pass
}

/** What the suite's setups are to be run with, and what of it is not here. */
async function missingAgents({ setups }: Suite): Promise<string[]> {
  const specs = new Map(Object.values(setups).map(({ harness }) => [harness.type, harness.config]))
  const probes = await Promise.all(
    [...specs].map(([type, config]) => pick(families.harnesses, type, 'harness').probe(config)),
  )
  return probes
    .filter(({ ok }) => !ok)
    .map(
      ({ message }) =>
        `Its agent is missing here: ${message}. Or name another one in "setups": agent-eval doctor shows which are here.`,
    )
}

function toId(name: string): string {
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64)
  if (id === '')
    throw new UserError(`"${name}" cannot be turned into a name: use --name with letters and digits`)
  return id
}

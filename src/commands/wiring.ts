import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pLimit from 'p-limit'
import type {
  Grader,
  Harness,
  PreparedSource,
  ModelLimits,
  ProgressReporter,
  RunStore,
  Sandbox,
  Spent,
  StoredRun,
  Workspaces,
} from '../contracts.ts'
import { InfraError, UserError } from '../errors.ts'
import { openGateway } from '../gateway/gateway.ts'
import { graders } from '../graders/index.ts'
import { harnesses } from '../harnesses/index.ts'
import type { Isolation } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import { pick, type Registry } from '../registry.ts'
import { progressReporter } from '../reporters/progress.ts'
import { chooseSandbox, levels, type Level } from '../sandboxes/index.ts'
import { fileStore } from '../stores/files.ts'
import { noCopy, type Copy } from '../suite/copy.ts'
import { loadSuite } from '../suite/load.ts'
import type { TrialParts } from '../trial/parts.ts'
import { setOnes } from '../util/host-env.ts'
import { redactor } from '../util/redact.ts'
import { chooseWorkspaces } from '../workspaces/choose.ts'
import { openWorkRoot } from '../workspaces/work-root.ts'
import { folders } from './folders.ts'
import { requireBudget } from './budget.ts'
import { cacheLimit, keepSmall, requireRoom } from './disk.ts'
import { tell, type Io } from './io.ts'
import { networkOf } from './network.ts'
import { keyNamesOf, serviceAt } from './services.ts'
import { noTape, recordingOf, type Tape } from './tape.ts'

/** Which implementations this program is made of. Nothing below this floor knows one. */

export const families: { harnesses: Registry<Harness>; graders: Registry<Grader> } = { harnesses, graders }

export function load(file: string, io: Io, copy: Copy = noCopy): Promise<Suite> {
  return loadSuite(file, { ...families, cacheRoot: folders(io).cache, copy })
}

/** The store of the repository one stands in. What a suite declares as secret is redacted from all that it writes. */
export function storeFor(io: Io, suite: Suite | null): RunStore {
  return fileStore(folders(io).results, redactor(suite ? secretsOf(suite, io.env) : {}))
}

/** The best isolation that works here, or the one that was asked for: by the command line, else by the suite. */
export function sandboxFor(wanted: Level | null): Promise<Sandbox> {
  return chooseSandbox(wanted)
}

/** The command line may ask for more than the suite, never for less. */
export function stronger(asked: Level | null | undefined, required: Level | null): Level | null {
  if (!asked || required === null) return asked ?? required
  return levels.indexOf(asked) > levels.indexOf(required) ? asked : required
}

/** What was prepared in images fits no other programs: a run that was in containers stays there. */
export function levelOf(run: StoredRun | null): Level | null {
  return run?.manifest.isolation.level === 'container' ? 'container' : null
}

/** Live on a terminal, a line for each event elsewhere. */
export async function progressFor(io: Io): Promise<ProgressReporter> {
  const isDrawn = io.stderr.isTTY && !io.env['CI']
  return progressReporter({
    stream: io.stderr,
    drawOver: isDrawn ? (await import('log-update')).createLogUpdate : null,
    clock: () => performance.now(),
  })
}

/** The names of all host variables that setups and graders of a suite use. */
export function secretNamesOf(suite: Suite, env: NodeJS.ProcessEnv): string[] {
  const names = [
    ...Object.values(suite.setups).flatMap(setup => [...setup.env.pass, ...keyNamesOf(setup, families, env)]),
    ...suite.tasks.flatMap(task =>
      task.graders.flatMap(
        ({ type, config }) => pick(families.graders, type, 'grader').secrets?.(config) ?? [],
      ),
    ),
  ]
  return [...new Set(names)]
}

/** The values, by name, of those of them that are set. */
export function secretsOf(suite: Suite, env: NodeJS.ProcessEnv): Record<string, string> {
  return setOnes(secretNamesOf(suite, env), env)
}

export interface TrialPartsOptions {
  suite: Suite
  runId: string
  store: RunStore
  progress: ProgressReporter
  sandbox: Sandbox
  /** By source, where the sandbox runs the programs of images. */
  images: Isolation['images']
  /** What becomes of their model calls; without it they are neither recorded nor replayed. */
  tape?: Tape
  /** What all trials together may use, and what was used before; without it there is no limit. */
  budget?: { limits: ModelLimits; spent: Spent }
  signal: AbortSignal
}

const unlimited: ModelLimits = { costUsd: null, tokens: null, calls: null, callsPerMinute: null }
const nothingSpent: Spent = { costUsd: 0, tokens: 0, calls: 0 }

/** Everything that trials need, and what must be closed after them. */
export async function openTrialParts(
  options: TrialPartsOptions,
  io: Io,
): Promise<{ parts: TrialParts; workspaces: Workspaces; close(): Promise<void> }> {
  const { suite, runId, store, progress, sandbox, images, signal } = options
  const { cache, work, results } = folders(io)
  const largestCache = cacheLimit(io)
  await mkdir(cache, { recursive: true, mode: 0o700 })
  const workRoot = await openWorkRoot(work)
  const workspaces = await chooseWorkspaces({ cacheRoot: cache, workRoot: workRoot.path }, sandbox.mounts)
  const tasks = new Map(suite.tasks.map(task => [task.id, task]))
  const prepared = new Map<string, Promise<PreparedSource>>()
  const made = new Map<string, Promise<unknown>>()
  // Preparing is heavy (package installation) and shared: two sources at a time.
  const preparing = pLimit(2)
  const { limits, spent } = options.budget ?? { limits: unlimited, spent: nothingSpent }
  const gateway = openGateway({ env: io.env, budget: limits, spent })

  const parts: TrialParts = {
    task: id => known(tasks.get(id), `task ${id}`),
    setup: name => known(suite.setups[name], `setup ${name}`),
    prepared: name => {
      const source = known(suite.sources[name], `source ${name}`)
      return remember(prepared, name, () =>
        preparing(async () => {
          progress.onSource?.(source, 'preparing')
          const ready = await unlessAborted(
            workspaces.prepare({ ...source, image: images[name]?.id ?? null }, request =>
              sandbox.exec({ signal, ...request }),
            ),
            signal,
          )
          if (ready.damage !== null)
            tell(
              io,
              `warning: the kept checkout of source ${name} had been changed since it was made, and was built anew: ${ready.damage}. An agent without a sandbox may have done it; look at earlier runs again.`,
            )
          await keepSmall(cache, largestCache, io)
          progress.onSource?.(source, 'ready')
          return ready
        }),
      )
    },
    harness: setup => pick(families.harnesses, setup.harness.type, 'harness'),
    network: setup => networkOf(setup, sandbox.isolation.level, families, io.env),
    service: setup => serviceAt(sandbox.isolation.level, setup, families, io.env),
    gateway: () => gateway,
    setups: () => Object.values(suite.setups),
    recording: trialId => recordingOf(options.tape ?? noTape, trialId),
    grader: type => pick(families.graders, type, 'grader'),
    workspaces,
    exec: sandbox.exec,
    hostEnv: io.env,
    makeFolder(purpose) {
      const folder = join(workRoot.path, `${purpose}-${randomBytes(7).toString('hex')}`)
      mkdirSync(folder, { mode: 0o700 })
      return folder
    },
    hostIsOpen: sandbox.isolation.level === 'none' || sandbox.isolation.level === 'process',
    saveFiles: (trialId, folder) => store.saveFiles(runId, trialId, folder),
    spend: spending => store.spend(runId, spending),
    requireRoom: () => requireRoom([workRoot.path, results], runId),
    requireBudget: () => requireBudget(gateway.budgetSpent(), runId),
    once: <T>(key: string, make: () => Promise<T>) => remember(made, key, make) as Promise<T>,
    onPhase: (spec, phase) => progress.onPhase?.(spec, phase),
    pause: ms => wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted()),
    signal,
  }
  const close = async (): Promise<void> => {
    await gateway.close()
    await workRoot.close()
  }
  return { parts, workspaces, close }
}

/** Does not wait for what still goes on when the run is interrupted (a fetch): it ends with the program. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Makes a value once. A passing fault is forgotten, so that a later call tries again; any other failure stays. */
function remember<T>(values: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = values.get(key) ?? make()
  values.set(key, value)
  value.catch((error: unknown) => {
    if (error instanceof InfraError && error.transient) values.delete(key)
  })
  return value
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new UserError(`${what} is not in the suite`)
  return value
}

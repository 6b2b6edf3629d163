import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Transform } from 'node:stream'
import { InfraError, UserError } from '../errors.ts'
import type { RunStore, StoredRun } from '../contracts.ts'
import { lostSpending } from '../core/starts.ts'
import { RunManifest } from '../model/run.ts'
import { Suite } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { writeAtomically } from '../util/json.ts'
import { withLock } from '../util/lock.ts'
import { ifFree } from '../util/uses.ts'
import { readTrials } from './ledger.ts'
import { howAltered, openSeal, type LedgerSeal } from './seal.ts'
import { appendSpending, readSpending } from './spending.ts'

/** What the store needs of a redactor: see `util/redact.ts`. */
export interface Redactor {
  isIdle: boolean
  text(value: string): string
  bytes(data: Buffer): Buffer
  stream(): Transform
}

/** A file of a run is not what was written. */
export class DamagedRun extends UserError {
  override name = 'DamagedRun'
}

/** Smaller files are quicker copied than put through a stream. */
const atOnceBytes = 256 * 1024

/** Runs as folders below `root`: run.json, suite.json, trials.jsonl with its seal, spending.jsonl, and a folder for each trial. */
export function fileStore(root: string, redact: Redactor): RunStore {
  const folderOf = (runId: string): string => join(root, 'runs', runId)

  /** Of the runs to which this process writes. */
  const seals = new Map<string, Promise<LedgerSeal>>()
  const sealOf = (runId: string): Promise<LedgerSeal> => {
    const seal = seals.get(runId) ?? openSeal(folderOf(runId))
    seals.set(runId, seal)
    return seal
  }
  let writing: Promise<void> = Promise.resolve()

  const writeJson = (path: string, value: unknown): Promise<void> =>
    writeAtomically(path, redact.text(`${JSON.stringify(value, null, 2)}\n`))

  async function list(): Promise<RunManifest[]> {
    const names = await readdir(join(root, 'runs')).catch(absent([]))
    const manifests = await Promise.all(names.map(name => readAsItIs(folderOf(name)).catch(() => null)))
    return manifests
      .filter(manifest => manifest !== null)
      .toSorted((a, b) =>
        a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.id < b.id ? 1 : -1,
      )
  }

  async function find(reference: string): Promise<string> {
    const path = resolve(reference)
    if (await isFile(join(path, 'run.json'))) return path
    if (await isFile(join(folderOf(reference), 'run.json'))) return folderOf(reference)
    const ids = (await list()).map(manifest => manifest.id)
    if (ids.length === 0) {
      throw new UserError(
        `no run "${reference}": there are no runs below ${relative('', root) || '.'} yet. Start one: agent-eval run SUITE`,
      )
    }
    if (reference === 'latest') return folderOf(ids[0] as string)
    const starting = ids.filter(id => id.startsWith(reference) || id.endsWith(reference))
    if (starting.length === 1) return folderOf(starting[0] as string)
    const what =
      starting.length > 1 ? `${starting.length} runs match "${reference}"` : `no run "${reference}"`
    const shown = (starting.length > 1 ? starting : ids).slice(0, 8)
    throw new UserError(
      `${what}; known: latest, ${shown.join(', ')}${ids.length > 8 ? ', … (agent-eval list)' : ''}`,
    )
  }

  async function appendLine(runId: string, trial: Trial): Promise<void> {
    const seal = await sealOf(runId)
    await seal.begin()
    const file = await open(join(folderOf(runId), 'trials.jsonl'), 'a+', 0o600)
    try {
      const { size } = await file.stat()
      const torn = size > 0 && (await lastByte(file, size)) !== 10
      const text = `${torn ? '\n' : ''}${redact.text(JSON.stringify(trial))}\n`
      await file.appendFile(text)
      await file.datasync()
      seal.wrote(text)
    } catch (error) {
      seal.failed()
      throw new InfraError(`the result of ${trial.id} could not be stored: ${String(error)}`, {
        cause: error,
      })
    } finally {
      await file.close()
    }
  }

  return {
    async create(manifest, suite) {
      const folder = folderOf(manifest.id)
      await mkdir(join(folder, 'trials'), { recursive: true, mode: 0o700 })
      await keepOutOfGit(root)
      await writeJson(join(folder, 'suite.json'), suite)
      await writeJson(join(folder, 'run.json'), manifest)
      await sealOf(manifest.id)
    },

    async saveFiles(runId, trialId, from) {
      const to = join(folderOf(runId), 'trials', trialId)
      const made = new Set<string>()
      for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const source = join(entry.parentPath, entry.name)
        const target = join(to, redact.text(relative(from, source)))
        const folder = dirname(target)
        if (!made.has(folder)) mkdirSync(folder, { recursive: true })
        made.add(folder)
        // The file system copies without a byte of it in our memory.
        if (redact.isIdle) copyFileSync(source, target)
        else if (statSync(source).size <= atOnceBytes)
          writeFileSync(target, redact.bytes(readFileSync(source)))
        else await pipeline(createReadStream(source), redact.stream(), createWriteStream(target))
      }
    },

    spend: (runId, spending) => appendSpending(folderOf(runId), spending),

    append(runId, trial) {
      // One after the other: the seal has to know their order.
      const done = writing.then(() => appendLine(runId, trial))
      writing = done.catch(() => undefined)
      return done
    },

    async update(manifest) {
      await writeJson(join(folderOf(manifest.id), 'run.json'), manifest)
      const sealed = writing.then(async () => (await seals.get(manifest.id))?.close())
      writing = sealed.catch(() => undefined)
      await sealed
    },

    trialFolder: (runId, trialId) => join(folderOf(runId), 'trials', trialId),

    async load(reference): Promise<StoredRun> {
      const folder = await find(reference)
      const manifest = await readManifest(folder)
      const { trials, replaced, warnings } = await readTrials(join(folder, 'trials.jsonl'))
      const suite = await readStored(Suite, join(folder, 'suite.json'))
      const altered = await howAltered(folder)
      const lost = lostSpending(await readSpending(folder), [...trials, ...replaced])
      return {
        manifest,
        trials: inPlanOrder(trials, manifest.plan),
        replaced,
        lost,
        suite,
        folder,
        warnings,
        altered,
      }
    },

    list,

    async exclusively(runId, work) {
      return withLock(join(folderOf(runId), '.lock'), work, {
        waitMs: 0,
        busy: `another agent-eval process is writing run ${runId}: wait for it to end, or start a new run`,
      })
    },
  }
}

/** A run whose process died says that it is running still, but holds no lock. */
async function readAsItIs(folder: string): Promise<RunManifest> {
  const manifest = await readManifest(folder)
  if (manifest.status !== 'running') return manifest
  const isDead = await ifFree(join(folder, '.lock'), async () => undefined)
  return isDead ? { ...manifest, status: 'interrupted' } : manifest
}

async function readManifest(folder: string): Promise<RunManifest> {
  return readStored(RunManifest, join(folder, 'run.json'))
}

async function readStored<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error } },
  path: string,
): Promise<T> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new DamagedRun(`${relative('', path)} is missing: copy the run's whole folder, or run again.`)
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new DamagedRun(
      `${relative('', path)}: not JSON (${String(error)}). The file was damaged; restore it or run again.`,
    )
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new DamagedRun(
    `${relative('', path)}: not written by this version of agent-eval, or changed by hand: ${result.error.message.slice(0, 400)}`,
  )
}

function inPlanOrder(trials: Trial[], plan: readonly string[]): Trial[] {
  const place = new Map(plan.map((id, index) => [id, index]))
  return trials.toSorted((a, b) => (place.get(a.id) ?? Infinity) - (place.get(b.id) ?? Infinity))
}

async function lastByte(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number | undefined> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0]
}

/** Results are not part of the repository in which they were made. */
async function keepOutOfGit(root: string): Promise<void> {
  const path = join(root, '.gitignore')
  if (!(await isFile(path))) await writeAtomically(path, '*\n')
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(absent(null)))?.isFile() ?? false
}

/** Turns "there is no such file" into a value; every other error is thrown on. */
function absent<T>(value: T): (error: unknown) => T {
  return error => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return value
    throw error
  }
}

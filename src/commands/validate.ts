import { mkdir, mkdtemp } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import pLimit from 'p-limit'
import { plan } from '../core/plan.ts'
import { count } from '../core/words.ts'
import { exitCodes, type ExitCode } from '../errors.ts'
import { renderProof } from '../reporters/proof.ts'
import { paintFor } from '../reporters/paint.ts'
import { prove, type Proof } from '../trial/prove.ts'
import { folders } from './folders.ts'
import { imagesFor, tellOfImages } from './images.ts'
import { onInterrupt } from './interrupt.ts'
import { answerJson, tell, type Io } from './io.ts'
import { networkHints, networkOf } from './network.ts'
import { families, load, openTrialParts, sandboxFor, storeFor } from './wiring.ts'

export interface ValidateOptions {
  json?: boolean
  prove?: boolean
  task?: string[]
  tag?: string[]
  repeat?: number
  concurrency?: number
}

/** `agent-eval validate SUITE`: schema and files; with `--prove` also that every task can be solved and is not solved yet. */
export async function validate(file: string, options: ValidateOptions, io: Io): Promise<ExitCode> {
  const suite = await load(file, io)
  const tasks = new Set(
    plan(suite, { tasks: options.task, tags: options.tag, trials: 1 }).map(spec => spec.task),
  )
  const name = relative(io.cwd, suite.file)
  const setups = Object.values(suite.setups)
  for (const setup of setups) networkOf(setup, 'sandbox', families, io.env)
  for (const hint of networkHints(setups, families, io.env)) tell(io, hint)
  if (!options.prove) {
    tellOfImages(suite, line => tell(io, line))
    if (options.json)
      answerJson(io, {
        suite: suite.name,
        file: name,
        fingerprint: suite.fingerprint,
        valid: true,
        proofs: null,
      })
    tell(
      io,
      `${name} is valid: ${count(tasks.size, 'task')}, ${count(Object.keys(suite.setups).length, 'setup')}, ${count(suite.trials, 'trial')} each.\nProve that each task can be solved: agent-eval validate ${name} --prove`,
    )
    return exitCodes.pass
  }

  const sandbox = await sandboxFor(suite.isolation)
  const images = await imagesFor(suite, [...tasks], sandbox, line => tell(io, line))
  const interrupt = onInterrupt(io)
  const paint = paintFor(io.stderr, io.env)
  const progress = {
    onSource: (source: { name: string }, state: string): void =>
      tell(io, `${state === 'ready' ? 'ready' : 'preparing'}: ${source.name}`),
  }
  const { parts, close } = await openTrialParts(
    {
      suite,
      runId: 'validate',
      store: storeFor(io, suite),
      progress,
      sandbox,
      images,
      signal: interrupt.signal,
    },
    io,
  )
  try {
    const logs = await mkdtemp(join(await keptLogs(io), `${suite.name}-`))
    const limit = pLimit(options.concurrency ?? availableParallelism())
    const proofs: Proof[] = await Promise.all(
      suite.tasks
        .filter(task => tasks.has(task.id))
        .map(task =>
          limit(async () => {
            const proof = await prove(task, options.repeat ?? 1, parts, join(logs, task.id))
            tell(io, renderProof(proof, paint))
            return proof
          }),
        ),
    )
    const proven = proofs.filter(proof => proof.result === 'proven').length
    if (options.json)
      answerJson(io, { suite: suite.name, file: name, fingerprint: suite.fingerprint, valid: true, proofs })
    tell(
      io,
      `${proven} of ${count(proofs.length, 'task')} proven.${proven < proofs.length ? ` Logs: ${relative(io.cwd, logs)}` : ''}`,
    )
    if (proofs.some(proof => proof.result === 'refuted' || proof.result === 'unprovable'))
      return exitCodes.regressed
    return proven === proofs.length ? exitCodes.pass : exitCodes.infrastructure
  } catch (error) {
    if (interrupt.signal.aborted) return exitCodes.interrupted
    throw error
  } finally {
    interrupt.release()
    await close()
  }
}

async function keptLogs(io: Io): Promise<string> {
  const path = join(folders(io).results, 'validate')
  await mkdir(path, { recursive: true })
  return path
}

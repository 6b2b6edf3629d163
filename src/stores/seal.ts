import { createHash, type Hash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InfraError } from '../errors.ts'
import { parseJson, sha256, writeAtomically } from '../util/json.ts'

const sealFile = 'seal.json'
const ledgerFile = 'trials.jsonl'
const Seal = z.object({ bytes: z.number(), sha256: z.string() })

/** What one process writes to a run's trials.jsonl, so that what anybody else writes there comes to light. */
export interface LedgerSeal {
  /** To be called before each writing: a process that dies in the middle of it must leave no seal of what stood there before. */
  begin(): Promise<void>
  /** Told of each text as it is written, in that order. */
  wrote(text: string): void
  /** Whether all of the file is known, that is no writing has failed. */
  failed(): void
  /** Keeps what the file has to be from now on, until it is written to again. */
  close(): Promise<void>
}

/**
 * Begins to write to the ledger in a folder. What stands there already counts, as it is what its seal says. Without a seal (a
 * run that was ended by force, or one of an earlier version) it is taken as it is. Throws InfraError if it was altered.
 */
export async function openSeal(folder: string): Promise<LedgerSeal> {
  const altered = await howAltered(folder)
  if (altered !== null) throw new InfraError(altered)
  const before = (await readIfAny(join(folder, ledgerFile))) ?? Buffer.alloc(0)
  // If this process dies, what it wrote by then must not look like an alteration.
  await rm(join(folder, sealFile), { force: true })
  const hash: Hash = createHash('sha256').update(before)
  let bytes: number | null = before.length
  let sealed = false
  return {
    async begin() {
      if (sealed) await rm(join(folder, sealFile), { force: true })
      sealed = false
    },
    wrote(text) {
      hash.update(text)
      if (bytes !== null) bytes += Buffer.byteLength(text)
    },
    failed: () => (bytes = null),
    async close() {
      if (bytes === null) return
      const seal = { bytes, sha256: hash.copy().digest('hex') }
      await writeAtomically(join(folder, sealFile), `${JSON.stringify(seal)}\n`)
      sealed = true
    },
  }
}

/** Says that the ledger in a folder is not what was written when its run ended; null if it is, or if nothing tells. */
export async function howAltered(folder: string): Promise<string | null> {
  const text = await readIfAny(join(folder, sealFile))
  if (text === null) return null
  const seal = Seal.safeParse(parseJson(text.toString())).data
  const ledger = (await readIfAny(join(folder, ledgerFile))) ?? Buffer.alloc(0)
  if (seal && seal.bytes === ledger.length && seal.sha256 === sha256(ledger)) return null
  const size = seal ? `${ledger.length} bytes, ${seal.bytes} were written` : `${sealFile} cannot be read`
  return (
    `${ledgerFile} in ${folder} is not what agent-eval wrote (${size}): it was changed by hand, or by an agent that had no sandbox. ` +
    'Its results cannot be relied on: agent-eval verify shows what does not follow; run again, with --isolation sandbox.'
  )
}

function readIfAny(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

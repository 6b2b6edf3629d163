import { open, rm } from 'node:fs/promises'
import { readLines } from '../util/output.ts'

/** Keeps an agent's events for a reader, without those that only repeat what comes again. */
export async function keepStream(
  from: string,
  to: string,
  isRepeated: (line: string) => boolean,
): Promise<void> {
  const file = await open(to, 'w')
  try {
    for await (const line of readLines(from)) if (!isRepeated(line)) await file.write(`${line}\n`)
  } finally {
    await file.close()
  }
  await rm(from, { force: true })
}

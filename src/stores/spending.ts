import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Spending } from '../model/spending.ts'
import { parseJson } from '../util/json.ts'

const name = 'spending.jsonl'

/** Notes what was spent, at once. */
export function appendSpending(folder: string, spending: Spending): void {
  try {
    appendFileSync(join(folder, name), `${JSON.stringify(spending)}\n`, { mode: 0o600 })
  } catch {
    // A call that was paid for goes on: a disk that is full, or a folder that is gone, is told of where results are kept.
  }
}

/** What is no line of it (torn by a crash) is left out. */
export async function readSpending(folder: string): Promise<Spending[]> {
  const text = await readFile(join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap(line => Spending.safeParse(parseJson(line)).data ?? [])
}

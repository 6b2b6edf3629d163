import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelCall } from '../model/model-call.ts'
import { toContent, writeTree } from '../util/file-tree.ts'

const name = 'model-calls.jsonl'

/** The record of one trial's calls. */
export interface CallLog {
  /** A line, soon on the disk. */
  add(call: ModelCall): void
  close(): Promise<void>
}

/**
 * Opened before the agent starts, which may write to the same folder: lines go to the file that was made here, and at the
 * end the whole record stands under its name, whatever the agent has put there.
 */
export async function openCallLog(logs: string): Promise<CallLog> {
  const file = await open(join(logs, name), 'wx', 0o600)
  const lines: string[] = []
  let written = Promise.resolve()
  let problem: unknown
  return {
    add(call) {
      const line = `${JSON.stringify(call)}\n`
      lines.push(line)
      written = written
        .then(() => file.appendFile(line))
        .catch((error: unknown) => {
          problem ??= error
        })
    },
    async close() {
      await written
      await file.close()
      await writeTree(logs, { [name]: toContent(Buffer.from(lines.join('')), false) })
      if (problem) throw problem
    },
  }
}

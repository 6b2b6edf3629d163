import { join, relative, sep } from 'node:path'
import { z } from 'zod'
import { readUntrusted } from '../../../util/output.ts'
import { signsFile } from './spec.ts'

const maxBytes = 4 * 1024 * 1024

const Sign = z.union([
  z.object({ sign: z.literal('armed'), file: z.string() }),
  z.object({ sign: z.literal('permissive'), type: z.string() }),
])

/** What our helpers told of a run in which assertions were made to fail. JSON. */
export interface Signs {
  /** Test files, relative to the workspace, in whose process the assertions were replaced. `*`: all. */
  armed: string[]
  /** Types of values that said they equal anything. */
  permissive: string[]
}

/** Reads what the helpers in a folder wrote. A line that is none is left out: it can only mean less evidence. */
export async function readSigns(folder: string, root: string): Promise<Signs> {
  const text = (await readUntrusted(join(folder, signsFile), maxBytes)) ?? ''
  const armed = new Set<string>()
  const permissive = new Set<string>()
  for (const line of text.split('\n')) {
    const sign = parse(line)
    if (sign?.sign === 'armed')
      armed.add(sign.file === '*' ? '*' : relative(root, sign.file).split(sep).join('/'))
    if (sign?.sign === 'permissive') permissive.add(sign.type)
  }
  return { armed: [...armed], permissive: [...permissive] }
}

function parse(line: string): z.infer<typeof Sign> | null {
  try {
    return Sign.safeParse(JSON.parse(line)).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

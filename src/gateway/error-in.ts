import type { Told } from './wires/wire.ts'

const longest = 2000
const shortest = 200

/** How the account of an answer begins that was none. */
export const noAnswer = 'what came back is no answer of this API'

/** What was there instead: its beginning, in one line. */
export function insteadOfAnswer(body: Buffer | null): string {
  const start = (body ?? '').toString().replaceAll(/\s+/g, ' ').trim()
  const shown = start.length > shortest ? `${start.slice(0, shortest)}…` : start
  return `${noAnswer}: ${shown || 'nothing'}`
}

/** The service's words where it failed; null where it had none. */
export function errorIn(told: Told['error'], body: Buffer | null): string | null {
  if (told) return shortened([told.kind, told.message].filter(Boolean).join(': '))
  const text = body?.toString().trim() ?? ''
  return text === '' ? null : shortened(text)
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

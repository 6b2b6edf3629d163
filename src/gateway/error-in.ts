import type { Told } from './wires/wire.ts'

const longest = 2000

/** The service's words where it failed; null where it had none. */
export function errorIn(told: Told['error'], body: Buffer | null): string | null {
  if (told) return shortened([told.kind, told.message].filter(Boolean).join(': '))
  const text = body?.toString().trim() ?? ''
  return text === '' ? null : shortened(text)
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

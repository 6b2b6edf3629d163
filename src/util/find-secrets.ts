import { byteFinder } from './find-bytes.ts'
import { secretForms } from './secret-forms.ts'

/** A shorter value cannot be told apart from ordinary text. */
export const shortestSecret = 8

export interface SecretForm {
  name: string
  bytes: Buffer
}

/** All byte strings by which values may show themselves, each under the name of the first value that has it. */
export function formsOf(secrets: Readonly<Record<string, string>>): {
  forms: SecretForm[]
  tooShort: string[]
} {
  const values = Object.entries(secrets)
    .map(([name, value]) => ({ name, value: value.trim() }))
    .filter(({ value }) => value !== '')
  const forms = new Map<string, SecretForm>()
  for (const { name, value } of values.filter(({ value }) => value.length >= shortestSecret)) {
    for (const bytes of secretForms(value)) {
      const key = bytes.toString('latin1')
      if (!forms.has(key)) forms.set(key, { name, bytes })
    }
  }
  return {
    forms: [...forms.values()],
    tooShort: values.filter(({ value }) => value.length < shortestSecret).map(({ name }) => name),
  }
}

/** A place at which a value was found; never the value. */
export interface Sighting {
  name: string
  /** In bytes from the start. */
  offset: number
}

/** Finds values in bytes that come in pieces, also where one crosses pieces. Places that overlap are told once. */
export function secretScanner(
  forms: readonly SecretForm[],
): (chunks: AsyncIterable<Buffer> | Iterable<Buffer>) => Promise<Sighting[]> {
  const finder = byteFinder(forms.map(form => form.bytes))
  return async chunks => {
    const sightings: Sighting[] = []
    let rest = Buffer.alloc(0)
    let restOffset = 0
    let coveredTo = 0
    const look = (data: Buffer, limit: number): void => {
      finder.find(data, limit, (start, index) => {
        const form = forms[index]
        const offset = restOffset + start
        if (!form) return
        if (offset >= coveredTo) sightings.push({ name: form.name, offset })
        coveredTo = Math.max(coveredTo, offset + form.bytes.length)
      })
    }
    for await (const chunk of chunks) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      // What starts before this place has all of its bytes here.
      const limit = Math.max(0, data.length - finder.longest + 1)
      look(data, limit)
      rest = Buffer.from(data.subarray(limit))
      restOffset += limit
    }
    look(rest, rest.length)
    return sightings
  }
}

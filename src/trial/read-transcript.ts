import { InfraError } from '../errors.ts'
import { TranscriptEvent } from '../model/trial.ts'
import { parseJson } from '../util/json.ts'

/** The events of a stored transcript, one a line. Throws InfraError with its `name` where one is none. */
export function readTranscript(text: string, name: string): TranscriptEvent[] {
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map((line, index) => {
    const event = TranscriptEvent.safeParse(parseJson(line))
    if (!event.success)
      throw new InfraError(`${name}:${index + 1}: no transcript event; the file was changed`)
    return event.data
  })
}

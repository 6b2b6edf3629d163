import { parseJson } from '../../util/json.ts'

/** The values of an answer as it came: those of its events if it was a stream, else the one that it is. */
export function answerValues(text: string): unknown[] {
  const whole = parseJson(text)
  if (whole !== undefined) return [whole]
  return text
    .split(/\r?\n\r?\n/)
    .map(block =>
      block
        .split(/\r?\n/)
        .filter(line => line.startsWith('data:'))
        .map(line => line.slice(5).trim())
        .join('\n'),
    )
    .flatMap(data => parseJson(data) ?? [])
}

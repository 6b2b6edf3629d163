import { TranscriptEvent } from '../model/trial.ts'
import type { TextStyle } from './comparison.ts'
import { cutEnd, firstLine, safeText, wrap } from './text.ts'
import { parseJson } from '../util/json.ts'

/** Of a longer transcript the start and the end are shown: the task, and what the agent made of it. */
const mostEvents = 60
const eventsAtStart = 15
/** Lines of one message. */
const mostLines = 12
const labelWidth = 9

/** A stored transcript for people: messages shortened, a line for each tool call and for what it gave. */
export function transcriptLines(stored: readonly string[], folder: string, style: TextStyle): string[] {
  if (stored.length === 0) return ['  empty']
  if (stored.length <= mostEvents) return stored.flatMap(line => eventLines(line, style))
  const left = stored.length - mostEvents
  return [
    ...stored.slice(0, eventsAtStart).flatMap(line => eventLines(line, style)),
    style.paint.quiet(`  … ${left} events left out: ${safeText(folder)}/transcript.jsonl`),
    ...stored.slice(eventsAtStart + left).flatMap(line => eventLines(line, style)),
  ]
}

function eventLines(line: string, style: TextStyle): string[] {
  const event = parseEvent(line)
  const { paint } = style
  if (event === null) return labelled('?', firstLine(line), style, 1)
  switch (event.type) {
    case 'message':
      return labelled(event.role, event.text, style, mostLines)
    case 'reasoning':
      return labelled('reasoning', event.text, style, 2).map(each => paint.quiet(each))
    case 'tool_call':
      return labelled('call', `${event.tool} ${inputText(event.input)}`, style, 1)
    case 'tool_result': {
      const lines = event.output.trimEnd().split('\n').length
      const text = `${firstLine(event.output) || '(nothing)'}${lines > 1 ? ` (+${lines - 1} lines)` : ''}`
      return labelled(event.isError ? 'failed' : '', text, style, 1).map(each =>
        event.isError ? paint.bad(each) : paint.quiet(each),
      )
    }
    case 'error':
      return labelled('error', event.message, style, mostLines).map(each => paint.bad(each))
  }
}

/** Null for a line that is no event of this version: a transcript is shown as far as it can be read. */
function parseEvent(line: string): TranscriptEvent | null {
  return TranscriptEvent.safeParse(parseJson(line)).data ?? null
}

/** The text beside its label, at most `most` lines of it; the last one then says how many are missing. */
function labelled(label: string, text: string, { columns }: TextStyle, most: number): string[] {
  const width = columns - labelWidth - 3
  const whole = safeText(text).trim().split('\n')
  const lines = most === 1 ? [cutEnd(whole[0] ?? '', width)] : whole.flatMap(line => wrap(line, width))
  const shown =
    lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`]
  return shown.map((line, i) => `  ${(i === 0 ? label : '').padEnd(labelWidth)} ${line}`.trimEnd())
}

/** What a tool was called with, in a line: the value itself where there is one only, else as JSON. */
function inputText(input: unknown): string {
  if (typeof input === 'string') return input.replaceAll(/\s+/g, ' ')
  if (input === null || input === undefined) return ''
  const values = Object.values(input)
  const text = values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(input)
  return text.replaceAll(/\s+/g, ' ')
}

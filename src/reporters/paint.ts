import { Ansis } from 'ansis'

type Style = (text: string) => string

/** Colours by their meaning. A function that returns text gets one; it never looks at the terminal itself. */
export interface Paint {
  strong: Style
  quiet: Style
  good: Style
  bad: Style
  unsure: Style
}

/** How a text is meant: good news, bad news, no news yet, of little weight, or nothing of all that. */
export type Tone = 'good' | 'bad' | 'unsure' | 'quiet' | 'plain'

const asItIs: Style = text => text

/** No colour: files, pipes, CI logs, tests. */
export const plainPaint: Paint = {
  strong: asItIs,
  quiet: asItIs,
  good: asItIs,
  bad: asItIs,
  unsure: asItIs,
}

const sixteenColours = new Ansis(1)

/** The terminal's own sixteen colours, so that light and dark themes both stay readable. */
export const colourPaint: Paint = {
  strong: text => sixteenColours.bold(text),
  quiet: text => sixteenColours.dim(text),
  good: text => sixteenColours.green(text),
  bad: text => sixteenColours.red(text),
  unsure: text => sixteenColours.yellow(text),
}

/** Colour where the stream is a terminal that can show it and NO_COLOR is not set (https://no-color.org). */
export function paintFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return wanted ? colourPaint : plainPaint
}

/** Colours a text by how it is meant. */
export function toned(text: string, tone: Tone, paint: Paint): string {
  return tone === 'plain' ? text : paint[tone](text)
}

import { expect, test } from 'vitest'
import { makeFolder, marksIn, mistakesIn } from './suites.ts'

export interface BrokenSuite {
  /** What is wrong. */
  name: string
  /** `suite.yaml`, with a mark at each place where a mistake must be told. */
  suite: string
  /** What the messages must say, in the order of the marks. Several parts of one message are a list. */
  says: (string | string[])[]
  /** Further files; marks in them come after those of the suite, in the order of the files. */
  files?: Record<string, string | Uint8Array>
  /** Makes links and other things that are no plain files. */
  prepare?: (folder: string) => void
}

/** Each suite must be refused with exactly these mistakes at exactly these places. */
export function testBroken(suites: readonly BrokenSuite[]): void {
  test.each(suites)('$name', async ({ suite, says, files = {}, prepare }) => {
    const folder = makeFolder({ 'suite.yaml': suite, ...files })
    prepare?.(folder)
    const found = await mistakesIn(folder)
    const expected = [['suite.yaml', suite] as const, ...Object.entries(files)].flatMap(([path, text]) =>
      typeof text === 'string' ? marksIn(text).map(place => `${path.split('/').at(-1)}:${place}`) : [],
    )
    expect(found.map(place)).toEqual(expected)
    for (const [index, parts] of says.entries()) {
      for (const part of Array.isArray(parts) ? parts : [parts]) expect(found[index]).toContain(part)
    }
    expect(found).toHaveLength(says.length)
  })
}

function place(mistake: string): string {
  return mistake.split(':').slice(0, 3).join(':')
}

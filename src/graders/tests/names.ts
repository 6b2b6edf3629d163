import type { TestCase } from './report.ts'

/** How a name of the suite file fared. `unclear`: it fits several tests, or one test was reported several times. */
export type NamedState = TestCase['state'] | 'unclear' | 'not reported'

export interface NamedTest {
  /** As the suite file has it. */
  name: string
  state: NamedState
  /** Failure of the test, or why the name is unclear; null if there is nothing to say. */
  message: string | null
  /** The tests that it fits. */
  matches: TestCase[]
}

/** `file > group > title`: no other test of the same run has the same, unless it was reported twice. */
export function fullName(test: TestCase): string {
  return [...(test.file === null ? [] : [test.file]), ...test.suite, test.title].join(' > ')
}

/** Finds tests by the names that people write. */
export type Finder = (name: string) => TestCase[]

/**
 * A test answers to its title alone, to its title with one or more of the groups around it (joined by a space, ` > ` or ` › `),
 * to all of that with its file in front, and to its aliases. White space counts as one space.
 */
export function finderOf(tests: readonly TestCase[]): Finder {
  const index = new Map<string, Set<TestCase>>()
  for (const test of tests) {
    for (const name of namesOf(test)) {
      const key = plain(name)
      index.set(key, (index.get(key) ?? new Set()).add(test))
    }
  }
  return name => [...(index.get(plain(name)) ?? [])]
}

function namesOf(test: TestCase): string[] {
  const path = [...test.suite, test.title]
  return [...path.map((_, from) => path.slice(from).join(' ')), fullName(test), ...test.aliases]
}

function plain(name: string): string {
  return name
    .replace(/\s+[>›]\s+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** How a listed name fared. Only a name that fits exactly one test, reported once and passed, has `passed`. */
export function lookUp(name: string, find: Finder): NamedTest {
  const matches = find(name)
  const [only, another] = matches
  if (!only) return { name, state: 'not reported', message: null, matches }
  if (!another) return { name, state: only.state, message: only.message, matches }
  const failed = matches.find(test => test.state === 'failed')
  const longer = [...new Set(matches.map(fullName))]
  if (longer.length > 1) {
    return {
      name,
      state: 'unclear',
      message: `it fits ${longer.length} tests, use the longer name: ${longer.slice(0, 5).join('; ')}`,
      matches,
    }
  }
  if (failed) return { name, state: 'failed', message: failed.message, matches }
  return { name, state: 'unclear', message: `${longer[0]} was reported ${matches.length} times`, matches }
}

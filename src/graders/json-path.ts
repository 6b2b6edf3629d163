/** `a.b[0]["x.y"]` as its steps: names and positions. */
export type JsonPath = (string | number)[]

/** Reads a path into JSON. Returns a sentence that says what is wrong, and where, if it is not one. */
export function parseJsonPath(text: string): JsonPath | string {
  const steps: JsonPath = []
  const step = /\.?([^.[\]"\s]+)|\[(\d+)\]|\["((?:[^"\\]|\\["\\])*)"\]/y
  let at = 0
  while (at < text.length) {
    step.lastIndex = at
    const [all, name, position, quoted] = step.exec(text) ?? []
    // A name follows a dot everywhere but at the start, and there is no dot at the start.
    if (all === undefined || (name !== undefined && all.startsWith('.') !== at > 0)) {
      return `expected a path such as a.b[0].c or exports["./x"], got ${JSON.stringify(text)} (wrong from character ${at + 1} on)`
    }
    if (position !== undefined) steps.push(Number(position))
    else steps.push(name ?? (quoted ?? '').replace(/\\(.)/g, '$1'))
    at = step.lastIndex
  }
  return steps.length > 0 ? steps : 'expected a path such as a.b[0].c, got an empty one'
}

/** The value at a path, or null if there is none. */
export function lookUp(value: unknown, path: JsonPath): { value: unknown } | null {
  let here = value
  for (const step of path) {
    const fits = typeof step === 'number' ? Array.isArray(here) : isObject(here)
    if (!fits || !Object.hasOwn(here as object, step)) return null
    here = (here as Record<string | number, unknown>)[step]
  }
  return { value: here }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

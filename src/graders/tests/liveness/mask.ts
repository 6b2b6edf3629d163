/**
 * The text with what stands in comments and between quotes replaced by spaces, so that positions stay and only code is left.
 * Template strings are taken as a whole. Null where it cannot be read for sure.
 */
export function maskJavaScript(text: string): string | null {
  const skipped =
    /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`|\/(?:[^/\\\n[]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*|['"`/]/g
  let before = ''
  let masked = ''
  let at = 0
  for (let found = skipped.exec(text); found; found = skipped.exec(text)) {
    masked += text.slice(at, found.index)
    before = masked.trimEnd()
    let [part] = found
    if (part.startsWith('/') && !/^\/[/*]/.test(part)) {
      const isDivision = /[\w)\]}'"`]$/.test(before) && !/\b(return|typeof|case|of|in)$/.test(before)
      // Whether a bracket ends a value cannot be told here.
      if (isDivision && /[)}]$/.test(before) && part.length > 1) return null
      if (isDivision || part === '/') part = '/'
    } else if (part.length === 1) return null
    // A template within a template ends too early for us.
    if (part.startsWith('`') && part.includes('${') && /\$\{[^}]*['"{]/.test(part)) return null
    masked += isComment(part)
      ? blank(part)
      : part[0] + blank(part.slice(1, -1)) + (part.length > 1 ? part.at(-1) : '')
    at = found.index + part.length
    skipped.lastIndex = at
  }
  return masked + text.slice(at)
}

/** The same for Python. */
export function maskPython(text: string): string | null {
  const skipped =
    /#[^\n]*|'''(?:[^\\]|\\[^])*?'''|"""(?:[^\\]|\\[^])*?"""|'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|['"]/g
  let sure = true
  const masked = text.replace(skipped, part => {
    if (part.length === 1 && part !== '#') sure = false
    if (part.startsWith('#')) return blank(part)
    // Lines of a long string would look like lines of code.
    return part[0] + part.slice(1, -1).replace(/[^]/g, ' ') + part.at(-1)
  })
  return sure ? masked : null
}

/** Index of the bracket that closes the one at `open`; -1 if there is none. */
export function closing(masked: string, open: number): number {
  let depth = 0
  for (let at = open; at < masked.length; at++) {
    if ('([{'.includes(masked[at] ?? '')) depth += 1
    if (')]}'.includes(masked[at] ?? '')) depth -= 1
    if (depth === 0) return at
  }
  return -1
}

/** A part of a text: from its first letter to behind its last. */
export interface Place {
  from: number
  to: number
}

/** Where each argument of a call stands, without the blanks around it, given the places of its brackets. */
export function argumentsOf(masked: string, open: number, close: number): Place[] {
  const places: Place[] = []
  let depth = 0
  let from = open + 1
  for (let at = open + 1; at <= close; at++) {
    const letter = masked[at] ?? ''
    if (at === close || (depth === 0 && letter === ',')) {
      const part = masked.slice(from, at)
      const start = from + part.length - part.trimStart().length
      if (part.trim() !== '') places.push({ from: start, to: start + part.trim().length })
      from = at + 1
    }
    if ('([{'.includes(letter)) depth += 1
    if (')]}'.includes(letter)) depth -= 1
  }
  return places
}

function isComment(part: string): boolean {
  return /^\/[/*]/.test(part)
}

function blank(part: string): string {
  return part.replace(/[^\n]/g, ' ')
}

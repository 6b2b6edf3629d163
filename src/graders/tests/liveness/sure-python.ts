import { maskPython } from './mask.ts'

/** Assertions that are replaced or meant to be caught, and ways round the usual run of a test. */
const doubtful =
  /\bAssertionError\b|(patch|setattr|mock|stub)[\w.]*\s*\([^)\n]*\b(unittest|TestCase|pytest|assert\w*)|\bdef\s+(run|__call__|assert\w*|raises|__init_subclass__)\s*\(|\bdef\s+\w+\s*\([^)]*\bpytest\b/
const leaves = /\b(return|yield|break|continue|skip\w*|xfail|importorskip|exit|_exit|kill)\b/
const methods =
  'True|False|Is|IsNot|IsNone|IsNotNone|In|NotIn|IsInstance|NotIsInstance|Equal|NotEqual|AlmostEqual|NotAlmostEqual|Greater|GreaterEqual|Less|LessEqual|Regex|NotRegex|CountEqual|MultiLineEqual|SequenceEqual|ListEqual|TupleEqual|SetEqual|DictEqual|Raises|RaisesRegex'
const method = new RegExp(`^(with\\s+)?self\\.assert(${methods})\\s*\\(`)
const plain = /^assert\b/
const raises = /^with\s+pytest\.raises\s*\(/

/**
 * Where assertions stand that a test which passes has surely called, for each function of that name in that class (null: in
 * none): its text, which the agent
 * has not touched, has them directly in the body of the function, and nothing before them leaves the body. Null where there is
 * any doubt, or a function without one.
 */
export function sureInPython(
  text: string,
  { name, owner }: { name: string; owner: string | null },
  runner: 'unittest' | 'pytest',
): number[][] | null {
  const masked = maskPython(text)
  if (masked === null || masked.includes('\t') || masked.includes('\\\n')) return null
  // What is quoted counts too: mock.patch takes names.
  if (doubtful.test(masked) || /(patch|setattr)[\w.]*\s*\([^)\n]*(unittest|pytest)/.test(text)) return null
  const lines = masked.split('\n')
  const starts = lines.flatMap((line, at) =>
    new RegExp(`^\\s*(async\\s+)?def\\s+${name}\\s*\\(`).test(line) ? [at] : [],
  )
  const own = starts.filter(at => classNameAt(lines, at) === owner)
  const found = own.map(at => assertionsIn(lines, at, masked, runner))
  return found.length > 0 && found.every(({ length }) => length > 0) ? found : null
}

function assertionsIn(
  lines: readonly string[],
  at: number,
  masked: string,
  runner: 'unittest' | 'pytest',
): number[] {
  const indent = indentOf(lines[at] ?? '')
  const owner = indent === 0 ? null : ownerOf(lines, at, indent)
  if (owner === undefined || !isUsual(lines, at)) return []
  const isCase = owner !== null && isTestCase(owner, masked)
  if (owner !== null && !isCase && !/^class\s+\w+\s*(\(\s*(object)?\s*\))?\s*:/.test(owner)) return []
  if (!isCase && runner === 'unittest') return []
  // The signature may take several lines; its end is the first line that ends in a colon.
  let from = at
  while (from < lines.length && !/:\s*$/.test(lines[from] ?? '')) from += 1
  const first = lines.findIndex((line, index) => index > from && line.trim() !== '')
  const inner = indentOf(lines[first] ?? '')
  if (first === -1 || inner <= indent) return []
  const places: number[] = []
  let start = lines.slice(0, first).join('\n').length + 1
  for (let index = first; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const code = line.trim()
    if (code !== '' && (indentOf(line) < inner || leaves.test(line))) break
    const isAssertion =
      (isCase && method.test(code)) || plain.test(code) || (runner === 'pytest' && raises.test(code))
    if (isAssertion && indentOf(line) === inner && !isOpenedBefore(lines.slice(first, index)))
      places.push(start + inner)
    start += line.length + 1
  }
  return places
}

/** A line within brackets may look like a statement of the body. */
function isOpenedBefore(lines: readonly string[]): boolean {
  const code = lines.join('\n')
  return (code.match(/[([{]/g) ?? []).length !== (code.match(/[)\]}]/g) ?? []).length
}

/** The name of the class right around a function; null where none is. */
function classNameAt(lines: readonly string[], at: number): string | null {
  const indent = indentOf(lines[at] ?? '')
  const line = indent === 0 ? undefined : ownerOf(lines, at, indent)
  return /^class\s+(\w+)/.exec(line ?? '')?.[1] ?? null
}

/** The `class` line right around a method; undefined where something else stands around it. */
function ownerOf(lines: readonly string[], at: number, indent: number): string | undefined {
  for (let index = at - 1; index >= 0; index--) {
    const line = lines[index] ?? ''
    if (line.trim() === '' || indentOf(line) >= indent) continue
    return indentOf(line) === 0 && /^class\s/.test(line) ? line : undefined
  }
  return undefined
}

function isTestCase(line: string, masked: string): boolean {
  const base = /^class\s+\w+\s*\(\s*((?:unittest\.)?)(TestCase|IsolatedAsyncioTestCase)\s*\)\s*:/.exec(line)
  if (!base) return false
  return base[1] !== ''
    ? /^import\s+unittest\s*$/m.test(masked)
    : new RegExp(`^from\\s+unittest\\s+import\\s+[\\w, ]*\\b${base[2]}\\b`, 'm').test(masked)
}

/** Decorators that we do not know may call the function in any way, also those of the class. */
function isUsual(lines: readonly string[], at: number): boolean {
  for (let index = at - 1; index >= 0; index--) {
    const line = (lines[index] ?? '').trim()
    if (!line.startsWith('@')) {
      if (line === '' || !/[)\],]$/.test(line)) return true
      // The rest of a decorator over several lines, or the end of the statement before: the first is a doubt.
      return !lines
        .slice(0, index)
        .findLast(other => indentOf(other) === indentOf(lines[at] ?? '') && other.trim() !== '')
        ?.trim()
        .startsWith('@')
    }
    if (!/^@(pytest\.mark\.(?!xfail)|(unittest\.)?mock\.patch|patch\b)/.test(line)) return false
  }
  return true
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}

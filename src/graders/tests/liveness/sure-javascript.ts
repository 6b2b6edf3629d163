import { closing, maskJavaScript } from './mask.ts'

const assertModule = /^(node:)?assert(\/strict)?$/
const assertNames =
  'ok|equal|strictEqual|deepEqual|deepStrictEqual|notEqual|notStrictEqual|notDeepEqual|notDeepStrictEqual|match|doesNotMatch|throws|doesNotThrow|rejects|doesNotReject|ifError'
/** Tests that are to fail, and assertions that are replaced or meant to be caught: then nothing can be said of the file. */
const doubtful =
  /\b(fails|failing|expectFailure|AssertionError|overwriteMethod)\b|\bexpect\s*\.\s*extend\b|\bassert(\.strict)?\.\w+\s*=[^=]/
const replaced = /(mock|spyOn|stub|sinon)[\w.]*\s*\([^)]*\b(assert|expect|vitest|globals)\b/i
const leaves = /\b(return|break|continue|skip|todo|exit|abort|kill|yield)\b/
const imported =
  /\bimport\s+(?:type\s+)?([\w$*{},\s]+?)\s+from\s*(['"])([^'"\n]+)\2|\b(?:const|let|var)\s+([\w$]+|\{[\w$:,\s]*\})\s*=\s*(?:await\s+import|require)\s*\(\s*(['"])([^'"\n]+)\5\s*\)((?:\.strict)?)/g

/** A call of an assertion in a text. */
export interface JavaScriptAssertion {
  by: 'assert' | 'expect'
  /** Where the statement starts. */
  at: number
  /** `equal`, `ok`, `toBe`. */
  name: string
  /** Where the last word before the bracket starts. */
  nameAt: number
  /** Its brackets. */
  open: number
  close: number
}

/**
 * Assertions that a test which passes has surely called, for each place where a test of that title stands: its text, which the
 * agent has not touched, has them as statements of the body itself, which no condition, loop, `try` or callback stands around,
 * and nothing before them leaves the body. Null where there is any doubt, or a place without one.
 */
export function sureInJavaScript(
  text: string,
  title: string,
  runner: 'node' | 'jest' | 'vitest',
): JavaScriptAssertion[][] | null {
  const masked = maskJavaScript(text)
  if (masked === null || doubtful.test(masked) || replaced.test(text)) return null
  const names = bindings(text, masked)
  const calls = assertionCalls(names, masked, runner)
  const from = { node: /^node:test$/, jest: /^@jest\/globals$/, vitest: /^vitest$/ }[runner]
  const bodies = [
    ...masked.matchAll(/(?<![.\w$])(test|it)(?:\.(?:only|concurrent))?\s*\(\s*(['"`])/g),
  ].flatMap(found => {
    const start = found.index + found[0].length
    const end = masked.indexOf(found[2] ?? '', start)
    return text.slice(start, end) === title ? [{ name: found[1] ?? '', behind: end + 1 }] : []
  })
  const found = bodies.map(({ name, behind }) => {
    const module = names.get(name)?.module
    if (module === undefined ? runner === 'node' || isDeclared(masked, name) : !from.test(module)) return []
    const opened =
      /^\s*,\s*(?:async\s+)?(?:\([^()]*\)\s*=>|[\w$]+\s*=>|function\s*[\w$]*\s*\([^()]*\))\s*/.exec(
        masked.slice(behind),
      )
    if (!opened) return []
    const open = behind + opened[0].length
    const close = masked[open] === '{' ? closing(masked, open) : -1
    return calls.flatMap(({ by, pattern, nameOf }) => {
      const places =
        // What an arrow gives back is waited for.
        masked[open] !== '{'
          ? pattern.test(masked.slice(open))
            ? [open]
            : []
          : close === -1
            ? []
            : statements(masked.slice(open + 1, close), pattern, nameOf).map(at => open + 1 + at)
      return places.map(at => {
        const call = pattern.exec(masked.slice(at))?.[0] ?? ''
        const word = /[\w$]+(?=\s*\($)/.exec(call)
        const bracket = at + call.length - 1
        return {
          by,
          at,
          name: nameOf(word?.[0] ?? ''),
          nameAt: at + (word?.index ?? 0),
          open: bracket,
          close: closing(masked, bracket),
        }
      })
    })
  })
  return found.length > 0 && found.every(({ length }) => length > 0) ? found : null
}

interface Binding {
  module: string
  /** Name in the module; `default` for the whole. */
  name: string
}

function bindings(text: string, masked: string): Map<string, Binding> {
  const names = new Map<string, Binding>()
  for (const found of text.matchAll(imported)) {
    // One that stands in a comment or a string is none.
    if (masked[found.index] === ' ') continue
    const module = (found[3] ?? found[6] ?? '') + (found[7] ? '/strict' : '')
    const clause = found[1] ?? found[4] ?? ''
    for (const part of (/\{([^}]*)\}/.exec(clause)?.[1] ?? '').split(',')) {
      const [name = '', local = name] = part.trim().split(/\s*:\s*|\s+as\s+/)
      if (name !== '') names.set(local, { module, name })
    }
    const whole = /^\s*(?:\*\s*as\s+)?([\w$]+)/.exec(clause)?.[1]
    if (whole !== undefined) names.set(whole, { module, name: 'default' })
  }
  return names
}

interface Call {
  by: JavaScriptAssertion['by']
  /** The start of a statement that is such a call, up to its bracket. */
  pattern: RegExp
  /** The assertion by the last word before the bracket. */
  nameOf(word: string): string
}

function assertionCalls(
  names: ReadonlyMap<string, Binding>,
  masked: string,
  runner: 'node' | 'jest' | 'vitest',
): Call[] {
  const calls: Call[] = []
  const module = names.get('expect')?.module
  const isOwn =
    module === undefined ? !isDeclared(masked, 'expect') : /^(vitest|@jest\/globals)$/.test(module)
  if (runner !== 'node' && isOwn)
    calls.push({
      by: 'expect',
      // Only what is awaited is sure to fail the test.
      pattern:
        /^(await\s+)?expect\s*\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)\s*(?:\.\s*not\s*)?\.\s*(?:(?:resolves|rejects)\s*\.\s*(?:not\s*\.\s*)?(?<promised>))?to(?!\w*Snapshot)[A-Z]\w*\s*\(/,
      nameOf: word => word,
    })
  const ways: string[] = []
  for (const [local, { module: from, name }] of names) {
    if (!assertModule.test(from) || isDeclared(masked, local, true)) continue
    const escaped = local.replaceAll('$', String.raw`\$`)
    if (name === 'default' || name === 'strict')
      ways.push(`${escaped}(?:\\.strict)?(?:\\.(?:${assertNames}))?`)
    else if (new RegExp(`^(${assertNames})$`).test(name)) ways.push(escaped)
  }
  if (ways.length > 0)
    calls.push({
      by: 'assert',
      pattern: new RegExp(`^(await\\s+)?(?:${ways.join('|')})\\s*\\(`),
      nameOf: word => {
        const name = names.get(word)?.name ?? word
        // Called by itself, it is `ok`.
        return name === 'default' || name === 'strict' ? 'ok' : name
      },
    })
  return calls
}

/** Whether the file gives a name another meaning; `also` as a parameter. An import or require does not count. */
function isDeclared(masked: string, name: string, asParameter = false): boolean {
  const escaped = name.replaceAll('$', String.raw`\$`)
  const declared = new RegExp(
    `\\b(?:(?:const|let|var)\\s+${escaped}\\s*=(?!\\s*(?:require|await import)\\b)|(?:function|class)\\s+${escaped}\\b|(?:const|let|var)\\s*\\{[^}]*\\b${escaped}\\b[^}]*\\}\\s*=(?!\\s*(?:require|await import)\\b))`,
  )
  const parameter = new RegExp(`(?:\\b${escaped}\\s*=>|\\([^()]*\\b${escaped}\\b[^()]*\\)\\s*(?:=>|\\{))`)
  return declared.test(masked) || (asParameter && parameter.test(masked))
}

/** Where statements that are such a call start, up to the first that may not be reached. */
function statements(body: string, call: RegExp, nameOf: Call['nameOf']): number[] {
  const places: number[] = []
  let depth = 0
  for (let at = 0; at < body.length; at++) {
    const letter = body[at] ?? ''
    if (depth === 0 && /[\w$]/.test(letter) && !/[\w$.]/.test(body[at - 1] ?? ' ')) {
      const found = call.exec(body.slice(at))
      if (found && startsStatement(body.slice(0, at))) {
        if (leaves.test(body.slice(0, at))) break
        const waits =
          found.groups?.promised === undefined &&
          !/^(rejects|doesNotReject)$/.test(nameOf(/[\w$]+(?=\s*\($)/.exec(found[0])?.[0] ?? ''))
        if (waits || found[1] !== undefined) places.push(at)
      }
    }
    if ('([{'.includes(letter)) depth += 1
    if (')]}'.includes(letter)) depth -= 1
  }
  return places
}

/** Whether a new statement begins behind some code, which no condition or loop stands before. */
function startsStatement(before: string): boolean {
  const code = before.trimEnd()
  if (code === '' || code.endsWith(';') || code.endsWith('}')) return !/\b(else|do)\s*$/.test(code)
  if (!before.slice(code.length).includes('\n')) return false
  if (/\b(return|else|do|typeof|await|new|in|of|throw|void|delete|case|yield)$/.test(code)) return false
  if (!code.endsWith(')')) return /[\w$'"`\]]$/.test(code)
  let depth = 0
  let at = code.length - 1
  for (; at >= 0; at--) {
    if (')]}'.includes(code[at] ?? '')) depth += 1
    if ('([{'.includes(code[at] ?? '')) depth -= 1
    if (depth === 0) break
  }
  return !/\b(if|for|while|with|await)\s*$/.test(code.slice(0, at))
}

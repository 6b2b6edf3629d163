import { createContext, Script } from 'node:vm'
import { z } from 'zod'
import { InfraError } from '../errors.ts'

const limitMs = 1000

/** A JavaScript regular expression: the text alone, or with flags of `i`, `m`, `s` and `u`. A bad one is a mistake in the file. */
export const regex = z.union(
  [
    z.string().min(1).superRefine(refuseBadRegex),
    z
      .strictObject({
        pattern: z.string().min(1),
        flags: z.string().regex(/^[imsu]+$/, 'expected flags of i, m, s and u'),
      })
      .superRefine(({ pattern, flags }, context) => {
        const mistake = mistakeIn(pattern, flags)
        if (mistake !== null) context.addIssue({ code: 'custom', path: ['pattern'], message: mistake })
      }),
  ],
  { error: 'expected a regular expression, or { pattern, flags }' },
)
export type Regex = z.infer<typeof regex>

const context = createContext({ regex: /x/, text: '' })
const script = new Script('regex.test(text)')

/**
 * Whether a text matches. Throws InfraError if that takes more than a second: some expressions need time that doubles with
 * every character, and the text may come from an agent.
 */
export function regexMatches(regex: Regex, text: string): boolean {
  Object.assign(context, { regex: toRegExp(regex), text })
  try {
    return script.runInContext(context, { timeout: limitMs }) === true
  } catch (error) {
    if (!isTimeout(error)) throw error
    throw new InfraError(
      `${showRegex(regex)} took more than ${limitMs / 1000} s on ${text.length} characters and was given up: ` +
        'write it without repeats inside of repeats, such as (a+)+',
    )
  } finally {
    Object.assign(context, { regex: /x/, text: '' })
  }
}

/** As JavaScript writes it: `/a+/i`. */
export function showRegex(regex: Regex): string {
  return String(toRegExp(regex))
}

function toRegExp(regex: Regex): RegExp {
  return typeof regex === 'string' ? new RegExp(regex) : new RegExp(regex.pattern, regex.flags)
}

function refuseBadRegex(pattern: string, context: z.RefinementCtx): void {
  const mistake = mistakeIn(pattern, '')
  if (mistake !== null) context.addIssue({ code: 'custom', message: mistake })
}

function mistakeIn(pattern: string, flags: string): string | null {
  try {
    toRegExp({ pattern, flags })
    return null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return `not a JavaScript regular expression: ${error.message.replace('Invalid regular expression: ', '')}`
  }
}

/** The error comes from the other context, where `Error` is another class. */
function isTimeout(error: unknown): boolean {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error
  return hasCode && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

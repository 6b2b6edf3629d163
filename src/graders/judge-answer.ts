import { z } from 'zod'

const Answer = z.strictObject({
  score: z.number().min(0).max(1),
  verdict: z.enum(['pass', 'fail']),
  reasons: z.array(z.string()),
})
export type JudgeAnswer = z.infer<typeof Answer>

/** Keeps an answer full of brackets from taking long. */
const maxTries = 200

/**
 * The one JSON object in a judge's answer, which may have words around it. A sentence about what is wrong if there is none,
 * more than one (a judge may quote one that the agent planted) or one of another shape.
 */
export function readJudgeAnswer(text: string): JudgeAnswer | string {
  const objects = jsonObjectsIn(text)
  if (objects.length !== 1) {
    return objects.length === 0
      ? 'it holds no JSON object'
      : `it holds ${objects.length} JSON objects instead of one`
  }
  const twice = Object.keys(Answer.shape).find(
    // JSON takes the last of two; in a quotation the marks have a backslash.
    key => [...text.matchAll(new RegExp(`(?<!\\\\)"${key}"\\s*:`, 'g'))].length > 1,
  )
  if (twice !== undefined) return `it says "${twice}" more than once`
  const answer = Answer.safeParse(objects[0])
  if (answer.success) return answer.data
  return answer.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
}

/** Outermost objects only. What looks like one but is no JSON is passed over, so many times. */
function jsonObjectsIn(text: string): unknown[] {
  const objects: unknown[] = []
  let at = text.indexOf('{')
  for (let tries = 0; at >= 0 && tries < maxTries; tries++) {
    const end = endOfObject(text, at)
    const object = end === null ? undefined : parse(text.slice(at, end))
    if (object !== undefined) objects.push(object)
    at = text.indexOf('{', object === undefined || end === null ? at + 1 : end)
  }
  return objects
}

function endOfObject(text: string, start: number): number | null {
  const token = /"(?:[^"\\]|\\.)*"|[{}]/gsy
  const any = /["{}]/g
  let depth = 0
  for (let at = start; ;) {
    any.lastIndex = at
    const found = any.exec(text)
    if (found === null) return null
    token.lastIndex = found.index
    const whole = token.exec(text)?.[0]
    if (whole === undefined) return null
    at = found.index + whole.length
    depth += whole === '{' ? 1 : whole === '}' ? -1 : 0
    if (depth === 0) return at
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

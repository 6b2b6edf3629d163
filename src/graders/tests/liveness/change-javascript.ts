import { otherLiteral, type Edit } from './literal.ts'
import { argumentsOf, closing, type Place } from './mask.ts'
import type { JavaScriptAssertion } from './sure-javascript.ts'

/** An assertion changed; `isValue`: by nothing but another value. */
export interface Change {
  edits: Edit[]
  isValue: boolean
}

const equalities = /^(?:equal|strictEqual|deepEqual|deepStrictEqual|toBe|toEqual|toStrictEqual|toHaveLength)$/
/** Of node:assert: what they are given first is of no use to them within an object. */
const demanding = /^(?:match|doesNotMatch|throws|doesNotThrow)$/
const withWanted =
  /^to(?:Contain|ContainEqual|MatchObject|HaveProperty|BeCloseTo|BeInstanceOf|Be(?:Greater|Less)Than(?:OrEqual)?|HaveBeen(?:Last)?CalledWith|HaveBeenCalledTimes|Throw|ThrowError)$/
const withoutWanted = /^to(?:Be(?:Null|Undefined|Falsy|NaN)|HaveBeenCalled|Throw|ThrowError)$/

/**
 * Changes an assertion so that it fails for everybody for whom it held: another expected value where one is written there,
 * else an object in the place of what is compared, and its opposite as a last resort, since assertions that always hold are
 * forged more often than ones that hold and whose opposite does not. Null where nothing can be done.
 */
export function changeJavaScript(
  text: string,
  masked: string,
  assertion: JavaScriptAssertion,
): Change | null {
  const { by, name, nameAt, open, close } = assertion
  const given = argumentsOf(masked, open, close)
  if (given.some(({ from }) => text.startsWith('...', from))) return null
  const isNegated = by === 'expect' && /\.\s*not\s*\.\s*$/.exec(masked.slice(0, nameAt))
  if (isNegated) return otherwise([{ from: isNegated.index, to: nameAt, text: '.' }])
  const wanted = given[by === 'expect' ? 0 : 1]
  if (equalities.test(name) && wanted) {
    const value = [wanted, ...(by === 'assert' ? given.slice(0, 1) : [])].flatMap(place => other(text, place))
    return value[0] ? { edits: [value[0]], isValue: true } : otherwise(within('{ is: ', wanted, ' }'))
  }
  if (by === 'assert') return changeAssert(text, assertion, given)
  const bracket = masked.indexOf('(', assertion.at)
  const [actual] = argumentsOf(masked, bracket, closing(masked, bracket))
  if (!actual || text.startsWith('...', actual.from)) return null
  if (name === 'toMatch' && wanted) return otherwise([{ ...wanted, text: '/(?!)/' }])
  if (withWanted.test(name) && wanted) return otherwise(within('{ is: ', wanted, ' }'))
  // A promise that nobody waits for may end the whole process.
  if (/\.\s*(?:resolves|rejects)\s*\.\s*$/.test(masked.slice(0, nameAt)))
    return otherwise([{ from: nameAt, to: nameAt, text: 'not.' }])
  if (withoutWanted.test(name)) return otherwise(within('{ is: ', actual, ' }'))
  if (name === 'toBeTruthy') return otherwise(within('!(', actual, ')'))
  if (name === 'toBeDefined') return otherwise(within('void (', actual, ')'))
  return otherwise([{ from: nameAt, to: nameAt, text: 'not.' }])
}

function changeAssert(
  text: string,
  { name, nameAt }: JavaScriptAssertion,
  given: readonly Place[],
): Change | null {
  const [first] = given
  if (!first) return null
  if (name === 'ok') return otherwise(within('!(', first, ')'))
  if (demanding.test(name)) return otherwise(within('{ is: ', first, ' }'))
  const opposite = oppositeOf(name)
  // A name that was imported alone has no opposite beside it.
  if (opposite === null || !text.startsWith(`.${name}`, nameAt - 1)) return null
  return otherwise([{ from: nameAt, to: nameAt + name.length, text: opposite }])
}

function oppositeOf(name: string): string | null {
  if (/^not\w*Equal$/.test(name)) return name.slice(3, 4).toLowerCase() + name.slice(4)
  // In an object, a promise is one that nobody waits for.
  return name === 'rejects' ? 'doesNotReject' : name === 'doesNotReject' ? 'rejects' : null
}

function other(text: string, { from, to }: Place): Edit[] {
  const edit = otherLiteral(text.slice(from, to), 'javascript')
  return edit ? [{ from: from + edit.from, to: from + edit.to, text: edit.text }] : []
}

function within(before: string, { from, to }: Place, behind: string): Edit[] {
  return [
    { from, to: from, text: before },
    { from: to, to, text: behind },
  ]
}

const otherwise = (edits: Edit[]): Change => ({ edits, isValue: false })

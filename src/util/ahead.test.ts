import { expect, test } from 'vitest'
import { oneAhead } from './ahead.ts'

test('everybody gets a value of their own, and the next is begun before it is asked for', async () => {
  const take = oneAhead<number>()
  let made = 0
  const make = async (): Promise<number> => ++made
  expect(await take('a', make)).toBe(1)
  expect(made).toBe(2)
  expect(await take('b', make)).toBe(3)
  expect(await take('a', make)).toBe(2)
  const all = await Promise.all(Array.from({ length: 20 }, () => take('a', make)))
  expect(new Set(all).size).toBe(20)
})

test('a failure is told to one, and the next try is a new one', async () => {
  const take = oneAhead<string>()
  const answers = ['first', null, 'third', 'fourth']
  const make = async (): Promise<string> => {
    const answer = answers.shift()
    if (!answer) throw new Error('no space')
    return answer
  }
  expect(await take('a', make)).toBe('first')
  const second = await take('a', make).catch((error: Error) => error.message)
  expect(['no space', 'third']).toContain(second)
  expect(await take('a', make)).toMatch(/third|fourth/)
})

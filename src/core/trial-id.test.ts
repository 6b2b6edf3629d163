import { expect, test } from 'vitest'
import { formatTrialId, parseTrialId } from './trial-id.ts'

test('an id says what its trial is', () => {
  const key = { task: 'utc-offset', setup: 'bare', index: 12 }
  expect(formatTrialId(key)).toBe('utc-offset/bare/12')
  expect(parseTrialId('utc-offset/bare/12')).toEqual(key)
})

test.each(['', 'a', 'a/b', 'a/b/c', 'a/b/1/2', 'a//1', 'a/b/-1', 'a/b/1.5'])('"%s" is no id', id => {
  expect(() => parseTrialId(id)).toThrow(`trial id "${id}" is not task/setup/index`)
})

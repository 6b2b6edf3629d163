import { expect, it } from 'vitest'
import { blame } from './model-errors.ts'

it.each([
  ['401 Incorrect API key provided', 'refused'],
  ['401: {"message":"Incorrect API key"}', 'refused'],
  ['403 no', 'refused'],
  ['404 The model does not exist', 'refused'],
  ['{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}', 'refused'],
  ['429 Rate limit', 'unavailable'],
  ['500: {"message":"boom","code":500}', 'unavailable'],
  ['529 overloaded', 'unavailable'],
  ['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'unavailable'],
  ['Connection error.', 'unavailable'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'unavailable'],
  ['fetch failed', 'unavailable'],
  ['terminated', 'unavailable'],
  ['Request timed out.', 'unavailable'],
  ['400 prompt is too long: 250000 tokens > 200000 maximum', 'agent'],
  ['400 the timeout field is not allowed', 'agent'],
  ['Unexpected token in JSON', 'agent'],
  ['the answer was filtered', 'agent'],
])('"%s" is blamed on: %s', (message, fault) => {
  expect(blame(message)).toBe(fault)
})

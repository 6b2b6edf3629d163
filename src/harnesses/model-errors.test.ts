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
  // codex
  ['unexpected status 401 Unauthorized: Incorrect API key, url: http://127.0.0.1:1/v1/responses', 'refused'],
  ['unexpected status 404 Not Found: No such model, url: http://127.0.0.1:1/v1/responses', 'refused'],
  ['unexpected status 400 Bad Request: no such tool, url: http://127.0.0.1:1/v1/responses', 'agent'],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'unavailable'],
  ['We’re currently experiencing high demand, which may cause temporary errors.', 'unavailable'],
  ['stream disconnected before completion: error sending request', 'unavailable'],
  ['Reconnecting... 1/1 (stream disconnected before completion: Overloaded)', 'unavailable'],
  // gemini-cli
  ['[API Error: {"error":{"code":401,"message":"Incorrect API key","status":"UNAUTHENTICATED"}}]', 'refused'],
  ['[API Error: {"error":{"code":400,"message":"API key not valid. Please pass a valid one."}}]', 'refused'],
  ['[API Error: {"error":{"code":503,"message":"later","status":"UNAVAILABLE"}}]', 'unavailable'],
  ['400 {"type":"error","error":{"message":"Your credit balance is too low to access the API."}}', 'refused'],
  ['400 prompt is too long: 250000 tokens > 200000 maximum', 'agent'],
  ['400 the timeout field is not allowed', 'agent'],
  ['Unexpected token in JSON', 'agent'],
  ['the answer was filtered', 'agent'],
])('"%s" is blamed on: %s', (message, fault) => {
  expect(blame(message)).toBe(fault)
})

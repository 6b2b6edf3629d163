import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wrap } from '../src/wrap.js'

test('no line is longer than the width', () => {
  for (const line of wrap('aaaa bbb cccc dd', 7)) assert.ok(line.length <= 7, line)
})
test('a long first word makes no empty line', () =>
  assert.deepEqual(wrap('incomprehensible', 5), ['incomprehensible']))

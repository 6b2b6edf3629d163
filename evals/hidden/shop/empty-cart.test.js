import assert from 'node:assert/strict'
import { test } from 'node:test'
import { largestLine, total } from '../src/cart.js'

test('an empty cart costs nothing', () => assert.equal(total([]), 0))
test('an empty cart has no largest line', () => assert.equal(largestLine([]), null))

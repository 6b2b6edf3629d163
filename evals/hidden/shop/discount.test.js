import assert from 'node:assert/strict'
import { test } from 'node:test'
import { total } from '../src/cart.js'
import { discounted } from '../src/discount.js'

test('a discounted price is whole cents', () => assert.equal(discounted(9.99, 15), 8.49))
test('half a cent is rounded up', () => assert.equal(discounted(0.5, 1), 0.5))
test('a total is whole cents', () => {
  assert.equal(
    total([
      { name: 'a', price: 0.1, quantity: 1 },
      { name: 'b', price: 0.2, quantity: 1 },
    ]),
    0.3,
  )
})
test('the first line is discounted like the others', () => {
  assert.equal(
    total(
      [
        { name: 'a', price: 10, quantity: 1 },
        { name: 'b', price: 10, quantity: 1 },
      ],
      10,
    ),
    18,
  )
})

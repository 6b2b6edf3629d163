import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slug } from '../src/slug.js'

test('accents give way to their letters', () => assert.equal(slug('Crème Brûlée'), 'creme-brulee'))
test('letters without an accent stay', () => assert.equal(slug('Smørrebrød 2'), 'sm-rrebr-d-2'))

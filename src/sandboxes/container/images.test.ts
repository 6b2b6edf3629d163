import { expect, test } from 'vitest'
import { InfraError } from '../../errors.ts'
import { readInspected } from './images.ts'

test('an image is known by the hash of its content, and by its digest where it has one', () => {
  const [id, other] = ['a'.repeat(64), `sha256:${'b'.repeat(64)}`]
  const hash = `sha256:${id}`
  expect(readInspected(`sha256:${id} []\n`, 'x:1')).toEqual({ id: hash, digest: null })
  expect(readInspected(`${id} null`, 'x:1')).toEqual({ id: hash, digest: null })
  expect(readInspected(`${id} ["localhost/x@sha256:1"]`, 'x:1')).toEqual({ id: hash, digest: null })
  expect(readInspected(`${id} ["node@${other}"]`, 'node:22')).toEqual({ id: hash, digest: other })
  expect(readInspected(`${id} ["a@sha256:1"]`, `node@${other}`)).toEqual({ id: hash, digest: other })
  expect(() => readInspected('WARNING: old', 'x:1')).toThrow(InfraError)
})

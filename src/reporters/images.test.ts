import { expect, test } from 'vitest'
import type { Isolation } from '../model/run.ts'
import { imagesText } from './images.ts'

const image = (reference: string): Isolation['images'][string] => ({
  reference,
  id: `sha256:${'0123456789abcdef'.repeat(4)}`,
  digest: null,
  engine: 'docker 28.0.1',
})

test('a report says with what containers ran, and in which image each source', () => {
  expect(imagesText({ images: {} })).toBe('')
  expect(
    imagesText({ images: { a: image('node:22'), b: image(`sha256:${'0123456789abcdef'.repeat(4)}`) } }),
  ).toBe('docker 28.0.1; a: node:22 (0123456789ab); b: 0123456789ab')
})

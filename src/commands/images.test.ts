import { expect, test } from 'vitest'
import type { Sandbox } from '../contracts.ts'
import type { Suite } from '../model/suite.ts'
import { sandboxes } from '../sandboxes/index.ts'
import { loadSuite } from '../suite/load.ts'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'
import { checkSameImages, imagesFor, isPinned, tellOfImages } from './images.ts'
import { families } from './wiring.ts'

async function suiteWithImage(image: string | null): Promise<Suite> {
  const source = image === null ? '{ folder: ./calc }' : `{ folder: ./calc, image: "${image}" }`
  const at = await place({ ...project, 'suite.yaml': suiteText.replace('{ folder: ./calc }', source) })
  return loadSuite(`${at.path}/suite.yaml`, { ...families, cacheRoot: `${at.path}/cache` })
}

function listening(): { said(): string; say(line: string): void } {
  const lines: string[] = []
  return { said: () => lines.join('\n'), say: line => lines.push(line) }
}

const id = `sha256:${'a'.repeat(64)}`
const withImages: Sandbox = {
  ...sandboxes.none,
  isolation: { level: 'container' },
  async resolveImage(reference, onPull) {
    onPull(reference)
    return { reference, id, digest: null, engine: 'engine 1' }
  },
}

test('every source that is used needs an image', async () => {
  const { say } = listening()
  await expect(imagesFor(await suiteWithImage(null), ['add'], withImages, say)).rejects.toThrow(
    'needs an image for every source: give calc an "image"',
  )
  expect(await imagesFor(await suiteWithImage(null), [], withImages, say)).toEqual({})
})

test('what an image stands for is recorded, and a tag is told to be none that lasts', async () => {
  const { say, said } = listening()
  expect(await imagesFor(await suiteWithImage('node:22'), ['add'], withImages, say)).toEqual({
    calc: { reference: 'node:22', id, digest: null, engine: 'engine 1' },
  })
  expect(said()).toContain('image node:22 is not pinned')
  expect(said()).toContain('fetching image node:22')
  const pinned = listening()
  await imagesFor(await suiteWithImage(`node@${id}`), ['add'], withImages, pinned.say)
  expect(pinned.said()).not.toContain('not pinned')
})

test('an image that is not used is told of', async () => {
  const { say, said } = listening()
  expect(await imagesFor(await suiteWithImage('node:22'), ['add'], sandboxes.none, say)).toEqual({})
  expect(said()).toBe('note: isolation is none: the image of calc is not used.')
  tellOfImages(await suiteWithImage('node:22'), say)
  expect(said()).toContain('the image of calc is used with --isolation container only')
})

test('a run goes on in the images that it began in, or not at all', () => {
  const image = { reference: 'node:22', id, digest: null, engine: 'engine 1' }
  const moved = { ...image, id: `sha256:${'b'.repeat(64)}` }
  expect(() => checkSameImages({ calc: image }, { calc: { ...image, engine: 'engine 2' } })).not.toThrow()
  expect(() => checkSameImages({ calc: image }, { calc: moved })).toThrow(
    'source calc: node:22 is now sha256:bbb',
  )
})

test('digests and ids are pinned, tags are not', () => {
  const hash = 'a'.repeat(64)
  expect([`node@sha256:${hash}`, `node:22@sha256:${hash}`, `sha256:${hash}`, hash].map(isPinned)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['node', 'node:22', 'node:latest', `node:${hash}`].map(isPinned)).toEqual([
    false,
    false,
    false,
    false,
  ])
})

import type { Isolation } from '../model/run.ts'

/** With what containers ran, and the image of each source by the start of its hash; empty where there were none. */
export function imagesText({ images }: Pick<Isolation, 'images'>): string {
  const engines = new Set(Object.values(images).map(({ engine }) => engine))
  const shown = Object.entries(images).map(([source, { reference, id }]) => {
    const hash = id.replace('sha256:', '').slice(0, 12)
    return reference.includes(hash) ? `${source}: ${hash}` : `${source}: ${reference} (${hash})`
  })
  return [...engines, ...shown].join('; ')
}

import type { Sandbox } from '../contracts.ts'
import { InfraError, UserError } from '../errors.ts'
import type { Isolation } from '../model/run.ts'
import type { Source, Suite } from '../model/suite.ts'
type Images = Isolation['images']

/** Tells the user something, in a line. */
type Say = (line: string) => void

/**
 * What the images of the sources of some tasks stand for, by source; empty where the sandbox has no use for images. Throws
 * UserError for a source without one, InfraError for an image that cannot be had or used.
 */
export async function imagesFor(
  suite: Suite,
  tasks: readonly string[],
  sandbox: Sandbox,
  say: Say,
): Promise<Images> {
  const names = new Set(suite.tasks.filter(({ id }) => tasks.includes(id)).map(({ source }) => source))
  const sources = Object.values(suite.sources).filter(({ name }) => names.has(name))
  const { resolveImage } = sandbox
  if (!resolveImage) {
    const ignored = sources.filter(({ image }) => image !== null)
    if (ignored.length > 0)
      say(`note: isolation is ${sandbox.isolation.level}: the image of ${list(ignored)} is not used.`)
    return {}
  }
  const lacking = sources.filter(({ image }) => image === null)
  if (lacking.length > 0) {
    throw new UserError(
      `isolation "container" needs an image for every source: give ${list(lacking)} an "image", such as image: node:22@sha256:…`,
    )
  }
  tellUnpinned(sources, say)
  const images: Images = {}
  for (const { name, image } of sources) {
    if (image === null) continue
    images[name] = await resolveImage(image, reference => say(`fetching image ${reference}`))
  }
  return images
}

/** Notices about the images of a suite that is not run. */
export function tellOfImages(suite: Suite, say: Say): void {
  const sources = Object.values(suite.sources).filter(({ image }) => image !== null)
  if (sources.length > 0 && suite.isolation !== 'container')
    say(`note: the image of ${list(sources)} is used with --isolation container only.`)
  tellUnpinned(sources, say)
}

/** A run that goes on must go on in the images that it began in. */
export function checkSameImages(earlier: Images, now: Images): void {
  for (const [name, { reference, id }] of Object.entries(now)) {
    const before = earlier[name]
    if (before && before.id !== id)
      throw new InfraError(
        `source ${name}: ${reference} is now ${id}, the run has used ${before.id}: start a new run, or name the image by its digest`,
      )
  }
}

/** Whether a reference names one content for ever. */
export function isPinned(reference: string): boolean {
  return /(^|@)sha256:[0-9a-f]{64}$/.test(reference) || /^[0-9a-f]{64}$/.test(reference)
}

function tellUnpinned(sources: readonly Source[], say: Say): void {
  for (const { name, image } of sources) {
    if (image !== null && !isPinned(image))
      say(
        `note: source ${name}: image ${image} is not pinned, a tag can come to stand for something else: name it by its digest (…@sha256:…), or an image of this machine by its id.`,
      )
  }
}

function list(sources: readonly Source[]): string {
  return sources.map(({ name }) => name).join(', ')
}

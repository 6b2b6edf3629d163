import type { Sandbox } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { openEngine, type EngineName } from './container/engine.ts'
import { findImage, tryImage } from './container/images.ts'
import { runInContainer, type ContainerPlace, type KnownImage } from './container/run.ts'
import { openFolder } from './container/survivors.ts'

/** The level `container`: every command in a container of its own, made of its source's image and gone with the command. */
export function containersOf(name: EngineName): Sandbox {
  let opened: Promise<ContainerPlace> | null = null
  const place = (): Promise<ContainerPlace> =>
    (opened ??= openEngine(name).then(async engine => ({ engine, folder: await openFolder(engine) })))
  const known = new Map<string, KnownImage>()
  return {
    isolation: { level: 'container' },
    description: `${name}: programs come from an image per source, agents see their own folders only, and reach the network if their setup says open; graders do not`,
    // The engine mounts folders as they are on this machine.
    mounts: false,
    async probe() {
      await place()
    },
    async resolveImage(reference, onPull) {
      const { engine } = await place()
      const { id, digest } = await findImage(await place(), reference, onPull)
      if (!known.has(id)) known.set(id, await tryImage(await place(), id, reference))
      return { reference, id, digest, engine: `${engine.name} ${engine.version}` }
    },
    async exec(request) {
      const { access } = request
      const image = known.get(access?.image ?? '')
      if (!access || !image)
        throw new InfraError('isolation container: a command without an image that was looked up')
      return runInContainer(await place(), image, { ...request, access })
    },
  }
}

export const dockerContainers = containersOf('docker')
export const podmanContainers = containersOf('podman')

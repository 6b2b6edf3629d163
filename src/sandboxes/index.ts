import type { Sandbox } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { bubblewrapProcess, bubblewrapSandbox } from './bubblewrap.ts'
import { dockerContainers, podmanContainers } from './container.ts'
import { none } from './none.ts'
import { unshareProcess } from './unshare-process.ts'
import { unshareSandbox } from './unshare-sandbox.ts'

/** All sandboxes by what they are made with. */
export const sandboxes = {
  none,
  unshareProcess,
  bubblewrapProcess,
  bubblewrapSandbox,
  unshareSandbox,
  dockerContainers,
  podmanContainers,
} satisfies Registry<Sandbox>

export const levels = ['none', 'process', 'sandbox', 'container'] as const
export type Level = (typeof levels)[number]

/** For each level what can give it, best first. */
const waysTo: Record<Level, readonly Sandbox[]> = {
  none: [none],
  process: [bubblewrapProcess, unshareProcess],
  sandbox: [bubblewrapSandbox, unshareSandbox],
  container: [dockerContainers, podmanContainers],
}

/** Without a wish: containers need images, so they have to be asked for. */
const bestFirst = (['sandbox', 'process', 'none'] as const).flatMap(level => waysTo[level])

/**
 * The first that works here, found by trying. A level that was asked for is given or refused: InfraError says what is
 * missing. Without one the best that works is taken.
 */
export async function chooseSandbox(wanted: Level | null): Promise<Sandbox> {
  const problems: string[] = []
  for (const candidate of wanted === null ? bestFirst : waysTo[wanted]) {
    try {
      await candidate.probe()
      return candidate
    } catch (error) {
      if (!(error instanceof InfraError)) throw error
      problems.push(error.message)
    }
  }
  throw new InfraError(
    `isolation "${wanted}" does not work here:\n${problems.map(problem => `  ${problem}`).join('\n')}`,
  )
}

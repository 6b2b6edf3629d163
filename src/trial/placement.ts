import { posix } from 'node:path'
import type { Harness, Placement } from '../contracts.ts'
import type { Setup } from '../model/suite.ts'

/** Which files a setup brings into the workspace, and which of the repository's it takes away. */
export function placementOf(setup: Setup, harness: Harness): Placement {
  const skills = Object.entries(setup.skills).flatMap(([name, files]) =>
    Object.entries(files).map(
      ([path, content]) => [posix.join(harness.layout.skills, name, path), content] as const,
    ),
  )
  return { files: { ...setup.context, ...Object.fromEntries(skills) }, strip: setup.strip }
}

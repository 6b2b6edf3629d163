import { posix } from 'node:path'
import type { Harness, Layout, Placement } from '../contracts.ts'
import type { FileTree } from '../model/files.ts'
import type { Setup } from '../model/suite.ts'

const usualInstructions = 'AGENTS.md'

/** Which files a setup brings into the workspace, and which of the repository's it takes away. */
export function placementOf(setup: Setup, harness: Harness): Placement {
  const layout = harness.layoutOf?.(setup.harness.config) ?? harness.layout
  const skills = Object.entries(setup.skills).flatMap(([name, files]) =>
    Object.entries(files).map(([path, content]) => [posix.join(layout.skills, name, path), content] as const),
  )
  return {
    files: { ...instructions(setup, layout), ...setup.context, ...Object.fromEntries(skills) },
    strip: setup.strip,
  }
}

/** One AGENTS.md means the same for every agent: also for one that looks elsewhere. */
function instructions({ context }: Setup, layout: Layout): FileTree {
  const own = context[usualInstructions]
  return own && layout.instructions !== usualInstructions ? { [layout.instructions]: own } : {}
}

import type { RunManifest } from '../model/run.ts'

/** What stands in for overlays tells itself. */
const ways: Partial<Record<string, string>> = {
  'fuse-overlayfs': 'overlay by fuse-overlayfs (the kernel itself could not)',
  reflink: 'copies that share their blocks (no overlay could be used)',
  copy: 'plain copies (no overlay could be used)',
}

/** Of what workspaces were made, and how much of a repository's history was in them, in words; null where it is not known. */
export function workspaceText({ isolation, tasks }: RunManifest): string | null {
  const histories = new Set(Object.values(tasks).map(task => task.history))
  if (histories.size === 0 || histories.has(null)) return null
  const words = { ancestors: 'the history up to the pinned commit', none: 'no history' }
  const had = [...histories].map(history => words[history ?? 'none']).join(', or ')
  return `${ways[isolation.workspace] ?? isolation.workspace}, with ${had}: git objects counted, none is later`
}

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { findProgram, ownPath } from '../util/find-program.ts'
import { sharesBlocks } from '../util/folders.ts'
import { whyNoOverlay } from '../util/overlay.ts'
import { chooseWorkspaces } from './choose.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'choose-')))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function folders(name: string): { cacheRoot: string; workRoot: string } {
  const roots = { cacheRoot: join(root, name, 'cache'), workRoot: join(root, name, 'work') }
  for (const path of Object.values(roots)) mkdirSync(path, { recursive: true })
  return roots
}

const noOverlay = await whyNoOverlay(root, join(root, 'whiteout'))
const fuse = findProgram('fuse-overlayfs', ownPath())
const noFuse = fuse === null ? 'not installed' : await whyNoOverlay(root, join(root, 'whiteout-2'), fuse)

it('takes overlays where they work', async () => {
  const { kind } = await chooseWorkspaces(folders('best'), true)
  expect(kind === 'overlay').toBe(noOverlay === null)
})

it('takes copies where commands cannot be given overlays, and leaves nothing of its tries', async () => {
  const roots = folders('copies')
  const { kind } = await chooseWorkspaces(roots, false)
  expect(kind).toBe((await sharesBlocks(roots.cacheRoot, roots.workRoot)) ? 'reflink' : 'copy')
  expect([readdirSync(roots.cacheRoot), readdirSync(roots.workRoot)]).toEqual([[], []])
})

it('takes no overlays in a folder whose name cannot stand in the options of a mount', async () => {
  const { kind } = await chooseWorkspaces(folders('a,b:c'), true)
  expect(['reflink', 'copy']).toContain(kind)
})

it.skipIf(noFuse !== null)('takes fuse-overlayfs where the kernel refuses', async () => {
  // Where this stands for the system's own, no overlay can be mounted.
  const tools = join(root, 'tools')
  mkdirSync(tools)
  writeFileSync(join(tools, 'mount'), '#!/bin/sh\necho refused >&2; exit 32\n', { mode: 0o755 })
  const path = process.env['PATH']
  process.env['PATH'] = `${tools}:${path}`
  try {
    expect((await chooseWorkspaces(folders('refused'), true)).kind).toBe('fuse-overlayfs')
  } finally {
    process.env['PATH'] = path
  }
})

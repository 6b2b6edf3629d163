import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { forgetSize, recordedSize } from './recorded-size.ts'

test('an entry is measured once, and again after it was said to change', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'agent-eval-sizes-'))
  onTestFinished(() => rm(cache, { recursive: true, force: true }))
  await mkdir(join(cache, 'mirrors/a.git'), { recursive: true })
  const first = await recordedSize(cache, 'mirrors/a.git')
  await writeFile(join(cache, 'mirrors/a.git/pack'), Buffer.alloc(100_000))
  expect(await recordedSize(cache, 'mirrors/a.git')).toBe(first)
  await forgetSize(cache, 'mirrors/a.git')
  expect(await recordedSize(cache, 'mirrors/a.git')).toBeGreaterThanOrEqual(first + 100_000)
})

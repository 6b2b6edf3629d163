import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLines, readTail, readUntrusted } from './output.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const put = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(folder, name), content)
  return join(folder, name)
}

describe('the tail of a file', () => {
  it('is its end, from the start of a character on', async () => {
    const path = await put('log', 'aäöü')
    expect(await readTail(path, 100)).toBe('aäöü')
    expect(await readTail(path, 4)).toBe('öü')
    expect(await readTail(path, 3)).toBe('ü')
  })

  it('is empty where there is no file', async () => {
    expect(await readTail(join(folder, 'none'), 10)).toBe('')
    expect(await readTail(join(await put('plain', ''), 'below'), 10)).toBe('')
  })
})

describe('a file that an agent may have written', () => {
  it('is read up to a size', async () => {
    const path = await put('small', 'text')
    expect(await readUntrusted(path, 4)).toBe('text')
    expect(await readUntrusted(path, 3)).toBeNull()
  })

  it('is not read through a link, from a pipe or from a folder', async () => {
    await symlink(await put('target', 'secret'), join(folder, 'link'))
    await mkdir(join(folder, 'folder'))
    spawnSync('mkfifo', [join(folder, 'pipe')])
    for (const name of ['link', 'pipe', 'folder', 'missing']) {
      expect(await readUntrusted(join(folder, name), 100)).toBeNull()
    }
  })
})

describe('the lines of a file', () => {
  const all = async (path: string): Promise<string[]> => {
    const lines: string[] = []
    for await (const line of readLines(path)) lines.push(line)
    return lines
  }

  it('come whole, whatever their ends and wherever the file was cut for reading', async () => {
    const long = 'ä'.repeat(40_000)
    expect(await all(await put('lines', `one\r\n\n${long}\nlast`))).toEqual(['one', '', long, 'last'])
    expect(await all(join(folder, 'missing'))).toEqual([])
  })

  it('are cut between two characters where they are too long', async () => {
    const [first, second] = await all(await put('long', `x${'ä'.repeat(600_000)}\nnext\n`))
    expect(first).toBe(`x${'ä'.repeat(524_287)}`)
    expect(second).toBe('next')
  })

  it('may hold what is not UTF-8', async () => {
    expect(await all(await put('bytes', Buffer.from([0x61, 0xff, 0x62, 0x0a])))).toEqual(['a\ufffdb'])
  })

  it('can be left early', async () => {
    const path = await put('many', 'line\n'.repeat(100_000))
    for await (const line of readLines(path)) {
      expect(line).toBe('line')
      break
    }
    await rm(path)
  })
})

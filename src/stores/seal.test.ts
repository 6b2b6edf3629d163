import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { howAltered, openSeal } from './seal.ts'

let folder: string
const ledger = (): string => join(folder, 'trials.jsonl')
const write = async (seal: Awaited<ReturnType<typeof openSeal>>, text: string): Promise<void> => {
  await appendFile(ledger(), text)
  seal.wrote(text)
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seal-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what was written is unaltered, also when another process goes on', async () => {
  const first = await openSeal(folder)
  await write(first, 'a\n')
  await first.close()
  expect(await howAltered(folder)).toBeNull()
  const second = await openSeal(folder)
  await write(second, 'é\n')
  // As if it were killed here.
  expect(await howAltered(folder)).toBeNull()
  await second.close()
  expect(await howAltered(folder)).toBeNull()
})

test('what the same process goes on to write is unaltered, too, also where it dies in the middle', async () => {
  const seal = await openSeal(folder)
  await write(seal, 'a\n')
  await seal.close()
  await seal.begin()
  await appendFile(ledger(), 'b\n')
  // As if it were killed here.
  expect(await howAltered(folder)).toBeNull()
  seal.wrote('b\n')
  expect(await howAltered(folder)).toBeNull()
  await seal.close()
  await appendFile(ledger(), 'forged\n')
  expect(await howAltered(folder)).toContain('11 bytes, 4 were written')
})

test('a line of somebody else comes to light, whenever it came', async () => {
  const seal = await openSeal(folder)
  await write(seal, 'a\n')
  await appendFile(ledger(), 'forged\n')
  await write(seal, 'b\n')
  await seal.close()
  expect(await howAltered(folder)).toContain('11 bytes, 4 were written')
  await expect(openSeal(folder)).rejects.toThrow('is not what agent-eval wrote')
})

test('so does a changed word, and a seal that is none', async () => {
  const seal = await openSeal(folder)
  await write(seal, '{"pass":true }\n')
  await seal.close()
  await writeFile(ledger(), '{"pass":false}\n')
  expect(await howAltered(folder)).not.toBeNull()
  await writeFile(join(folder, 'seal.json'), 'x')
  expect(await howAltered(folder)).toContain('seal.json cannot be read')
  await rm(join(folder, 'seal.json'))
  expect(await howAltered(folder)).toBeNull()
  expect(await readFile(ledger(), 'utf8')).toContain('false')
})

test('nothing is said of a file to which writing had failed', async () => {
  const seal = await openSeal(folder)
  await appendFile(ledger(), '{"half')
  seal.failed()
  await seal.close()
  expect(await howAltered(folder)).toBeNull()
})

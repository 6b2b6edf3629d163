import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'
import { lookAtPrograms, programRemarks } from './host-programs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'programs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const program = (path: string, text: string): Promise<void> => writeFile(path, text, { mode: 0o755 })

test('a program that is put before another, written over or taken away is told of', async () => {
  const [early, late] = [join(folder, 'early'), join(folder, 'late')]
  const path = [early, late].join(delimiter)
  await mkdir(late)
  await program(join(late, 'node'), '#!/bin/sh\nexit 1\n')
  const first = lookAtPrograms(path)
  expect(programRemarks(first, lookAtPrograms(path))).toEqual([])

  await mkdir(early)
  await program(join(early, 'node'), '#!/bin/sh\nexit 0\n')
  const second = lookAtPrograms(path)
  expect(programRemarks(first, second)).toEqual([
    expect.stringContaining(`it is ${early}/node now, before it was ${late}/node`),
  ])
  await writeFile(join(early, 'node'), '#!/bin/sh\nexit 2\n')
  const third = lookAtPrograms(path)
  expect(programRemarks(second, third)).toEqual([
    expect.stringContaining(`${early}/node is another file now`),
  ])
  await rm(early, { recursive: true })
  expect(programRemarks(first, lookAtPrograms(path))).toEqual([])
  await rm(join(late, 'node'))
  expect(programRemarks(first, lookAtPrograms(path))).toEqual([expect.stringContaining('node is gone')])
})

test('an agent without a sandbox that puts a program before the one of graders is told of', async () => {
  const at = await place(project)
  const bin = join(at.path, 'bin')
  await mkdir(bin)
  const path = [bin, process.env['PATH']].join(delimiter)
  const script = `printf '#!/bin/sh\\nexit 0\\n' > '${bin}/pytest'; chmod +x '${bin}/pytest'`
  await writeFile(
    join(at.path, 'suite.yaml'),
    suiteText.replace(
      'harness: { type: scripted, script: ./agent.yaml }',
      `harness: { type: command, run: ${JSON.stringify(['/bin/sh', '-c', script])} }`,
    ),
  )
  Object.assign(at.env, { PATH: path })
  const once = ['run', 'suite.yaml', '--trials', '1', '--setup', 'bare', '--isolation', 'none']
  expect((await at.run(...once)).stderr.replace(/\s+/g, ' ')).toContain(
    'the program pytest of this machine changed',
  )
})

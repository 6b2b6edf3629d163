import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'
import { enforcement } from '../util/limits.ts'

const { by } = await enforcement({ memoryBytes: 1e9 })

const suite = suiteText
  .replace('trials: 3', 'trials: 1')
  .replace('limits: { timeout: 30s }', 'limits: { timeout: 30s, memory: 300MB }')
  .replace(
    /setups:\n( {2}.*\n)+vary.*\n/,
    'setups:\n  eater: { harness: { type: command, run: [node, ../eat.mjs] } }\n',
  )
  .replace('[node, ../eat.mjs]', '[./eat.mjs]')

test.skipIf(!by.startsWith('cgroup'))(
  'an agent that is ended by its memory limit has stopped at a limit, and has not just crashed',
  async () => {
    const at = await place({
      ...project,
      'eat.mjs': '#!/usr/bin/env node\nconst all = []\nfor (;;) all.push(Buffer.alloc(10_000_000, 1))\n',
      'suite.yaml': suite,
    })
    const { stdout, stderr } = await at.run('run', 'suite.yaml', '--json')
    const { run, trials } = JSON.parse(stdout)
    expect(run.isolation.limits).toEqual({ by, asked: ['memory 300 MB'], missing: [] })
    expect(trials[0]).toMatchObject({
      status: 'graded',
      pass: false,
      attempt: {
        stop: 'limit',
        message: expect.stringContaining('memory limit of 300 MB was reached'),
        peakMemoryBytes: expect.any(Number),
        cpuMs: expect.any(Number),
      },
    })
    expect(stderr).toContain(`limits     memory 300 MB (by ${by})`)
  },
)

test('a limit that is none is told with its place', async () => {
  const at = await place({
    ...project,
    'suite.yaml': suite
      .replace('300MB', '300')
      .replace('timeout: 30s', 'timeout: 30s, cpus: 0, processes: 2'),
  })
  const { exitCode, stderr } = await at.run('validate', 'suite.yaml')
  expect(exitCode).toBe(2)
  expect(stderr).toContain('suite.yaml:3:31: expected a number of at least 0.1, got the number 0')
  expect(stderr).toContain('suite.yaml:3:45: expected a number of at least 16, got the number 2')
  expect(stderr).toContain('suite.yaml:3:56: expected a size such as 500MB or 4GB')
})

test.skipIf(!by.startsWith('cgroup'))(
  'an agent that comes to its limit of processes is told of in a remark',
  async () => {
    const at = await place({
      ...project,
      'eat.mjs': '#!/bin/sh\nfor i in $(seq 1 150); do sleep 0.3 & done\nwait\n',
      'suite.yaml': suite.replace('memory: 300MB', 'processes: 64'),
    })
    const { stdout, stderr } = await at.run('run', 'suite.yaml', '--json')
    const { trials } = JSON.parse(stdout)
    expect(trials[0].remarks[0]).toEqual(
      expect.stringMatching(
        /^The agent came to its limit of 64 processes and threads: .* could not be started/,
      ),
    )
    expect(stderr).toContain('came to its limit of 64 processes')
  },
)

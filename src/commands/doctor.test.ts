import { readdir, symlink } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { findAgent } from '../harnesses/testing/real-agent.ts'
import { place } from '../testing/cli.ts'

type Checks = { group: string; name: string; state: string; message: string }[]

/** Tells its version, and does nothing else. */
const useless = '#!/bin/sh\n[ "$1" = --version ] && { echo 0.73.1; exit 0; }\necho "no licence" >&2; exit 3\n'

test('doctor: an agent that is installed and does not work is told of with what it said, and the exit code is 4', async () => {
  const at = await place({ 'bin/pi.sh': useless })
  await at.git('init', '-q')
  await symlink(join(at.path, 'bin/pi.sh'), join(at.path, 'bin/pi'))
  // Nothing else is on the PATH but the system's own programs.
  at.env['PATH'] = [join(at.path, 'bin'), dirname(process.execPath), '/usr/bin', '/bin', '/usr/sbin'].join(
    delimiter,
  )
  const { exitCode, stdout } = await at.run('doctor', '--json')
  const checks: Checks = JSON.parse(stdout).checks
  const pi = checks.find(({ name }) => name === 'pi')
  expect(pi).toMatchObject({ group: 'agents', state: 'broken' })
  expect(pi?.message).toContain('0.73.1: DOES NOT WORK')
  expect(pi?.message).toContain('no licence')
  expect(exitCode).toBe(4)
  const quick = await at.run('doctor', '--quick', '--json')
  expect(JSON.parse(quick.stdout).checks).toContainEqual(
    expect.objectContaining({ name: 'pi', state: 'ok', message: '0.73.1: is installed, not tried' }),
  )
  expect(quick.exitCode).toBe(0)
})

const agents = [
  ['pi', 'pi'],
  ['codex', 'codex'],
  ['gemini-cli', 'gemini'],
  ['claude-code', 'claude'],
  ['opencode', 'opencode'],
  ['qwen-code', 'qwen'],
  ['copilot', 'copilot'],
  ['cline', 'cline'],
] as const
const here = agents.filter(([, program]) => !findAgent(program).isMissing)

describe.skipIf(here.length === 0)(`doctor with real agents${findAgent('pi').why}`, () => {
  it('proves each of them without a key, says so, and leaves nothing behind', async () => {
    const at = await place({ 'tmp/.keep': '' })
    const folders = here.map(([, program]) => dirname(findAgent(program).bin))
    at.env['PATH'] = [...new Set(folders), process.env['PATH']].join(delimiter)
    at.env['TMPDIR'] = join(at.path, 'tmp')
    const { stdout, stderr } = await at.run('doctor', '--json')
    expect(stderr).toBe('')
    const checks: Checks = JSON.parse(stdout).checks
    for (const [name] of here)
      expect(checks.find(check => check.name === name)).toMatchObject({
        state: 'ok',
        message: expect.stringMatching(
          /^\d+\.\d+\.\d+: proven, a word came back through its tools, in 3 model calls$/,
        ),
      })
    expect(await readdir(at.env['TMPDIR'])).toEqual(['.keep'])
    expect(await readdir(at.path)).toEqual(['tmp'])
  })
})

import { readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command } from './command.ts'
import { type GradingPlace, gradingPlace, type Scene } from './testing/input.ts'
import { mistakes } from './testing/mistakes.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

async function grade(given: unknown, scene: Scene = {}) {
  return command.grade(await place.input(scene), command.config.parse(given))
}

test.each([
  ['a shell line that ends well', { run: 'true && echo fine' }, true],
  ['a program with arguments', { run: ['node', '-e', 'process.exit(0)'] }, true],
  ['another exit code', { run: 'exit 3' }, false],
  ['the expected exit code', { run: 'exit 3', exitCode: 3 }, true],
  ['success where failure is expected', { run: 'true', exitCode: 1 }, false],
  ['the expected words', { run: 'echo one two', stdoutContains: 'one two' }, true],
  ['words on stderr only', { run: 'echo one >&2', stdoutContains: 'one' }, false],
  ['a match', { run: 'echo v1.2', stdoutMatches: '^v\\d+\\.\\d+$\\n?' }, false],
  [
    'a match over lines',
    { run: 'echo v1.2', stdoutMatches: { pattern: '^v\\d+\\.\\d+$', flags: 'm' } },
    true,
  ],
  ['the words but another exit code', { run: 'echo one; exit 1', stdoutContains: 'one' }, false],
  ['a variable of its own', { run: 'test "$GREETING" = hello', env: { GREETING: 'hello' } }, true],
])('%s', async (_name, given, passes) => {
  expect(await grade(given)).toMatchObject({ pass: passes, score: passes ? 1 : 0 })
})

test("runs in the workspace with the agent's work and the hidden files, or in a folder of it", async () => {
  const scene = { workspace: { 'a.txt': 'agent', 'sub/b.txt': 'b' }, hidden: { 'hidden.txt': 'h' } }
  expect(await grade({ run: 'cat a.txt hidden.txt', stdoutContains: 'agenth' }, scene)).toMatchObject({
    pass: true,
  })
  expect(await grade({ run: 'ls', cwd: './sub/', stdoutMatches: '^b\\.txt\\n$' }, scene)).toMatchObject({
    pass: true,
  })
})

test('a failure shows the last lines of the output, and logs are kept in full', async () => {
  const input = await place.input({})
  const given = command.config.parse({
    run: 'for i in $(seq 30); do echo line $i; done; printf "bad \\033[31mred" >&2; exit 2',
  })
  const { explanation, details } = await command.grade(input, given)
  expect(explanation).toContain('ended with exit code 2, expected exit code 0')
  expect(explanation).toContain('line 16\n')
  expect(explanation).not.toContain('line 15\n')
  expect(explanation).toContain('last lines of stderr:\nbad \\u{1B}[31mred')
  expect(details).toMatchObject({ end: 'exited', exitCode: 2 })
  expect((await readFile(join(input.logs, 'stdout.log'), 'utf8')).split('\n')).toHaveLength(31)
})

test('a second grading does not see the output of the first', async () => {
  const input = await place.input({})
  await command.grade(input, command.config.parse({ run: 'echo old' }))
  const second = await command.grade(input, command.config.parse({ run: 'echo new', stdoutContains: 'old' }))
  expect(second.pass).toBe(false)
})

test('a command that does not end in time fails, also if it was told to fail', async () => {
  const result = await grade({ run: 'echo started; sleep 30', timeout: '500ms', exitCode: 1 })
  expect(result).toMatchObject({ pass: false })
  expect(result.explanation).toContain('was still running after 500ms and was ended, expected exit code 1')
  expect(result.explanation).toContain('started')
})

test('a command that is killed fails', async () => {
  expect(await grade({ run: 'kill -9 $$' })).toMatchObject({
    pass: false,
    explanation: expect.stringContaining('SIGKILL'),
  })
})

test.each([
  ['a program', { run: ['no-such-program-anywhere', '-x'] }],
  ['a shell line', { run: 'no-such-program-anywhere -x' }],
  ['a script of the repository', { run: ['./tool.sh'] }],
  ['a folder', { run: 'true', cwd: 'missing' }],
])('%s that is not there without the agent either leaves the trial unscored', async (_name, given) => {
  await expect(grade(given)).rejects.toMatchObject({
    name: 'InfraError',
    message: expect.stringContaining("nor is it there without the agent's change"),
  })
})

test.each([
  ['a script', { run: ['./tool.sh'] }],
  ['a script in a shell line', { run: './tool.sh' }],
  ['a folder', { run: 'true', cwd: 'sub' }],
])('%s that the agent took away is a failure', async (_name, given) => {
  const result = await grade(given, { pristine: { 'tool.sh': '#!/bin/sh\nexit 0\n', 'sub/x': '' } })
  expect(result).toMatchObject({ pass: false, score: 0 })
  expect(result.explanation).toContain("without the agent's change it is there")
})

test('a folder that the agent turned into a link out of the workspace is not entered', async () => {
  const result = await grade(
    { run: 'true', cwd: 'sub' },
    {
      pristine: { 'sub/x': '' },
      async change(root) {
        await symlink('/tmp', join(root, 'sub'))
      },
    },
  )
  expect(result).toMatchObject({
    pass: false,
    explanation: expect.stringContaining('there is no folder sub'),
  })
})

test('exit code 127 can be what is expected', async () => {
  expect(await grade({ run: 'exit 127', exitCode: 127 })).toMatchObject({ pass: true })
})

test('the pristine workspace is tried once per task, not once per trial', async () => {
  const input = await place.input({ pristine: { 'tool.sh': '#!/bin/sh\necho ran\n' } })
  const given = command.config.parse({ run: ['./tool.sh'] })
  await command.grade(input, given)
  const log = join(input.logs, 'pristine-stdout.log')
  expect(await readFile(log, 'utf8')).toBe('ran\n')
  await rm(log)
  await command.grade(input, given)
  await expect(readFile(log)).rejects.toThrow('ENOENT')
})

test('an interrupted command is neither pass nor fail', async () => {
  const controller = new AbortController()
  const input = await place.input({ signal: controller.signal })
  const grading = command.grade(input, command.config.parse({ run: 'touch "$HOME/started"; sleep 30' }))
  const started = join(input.env.HOME ?? '', 'started')
  while (
    !(await readFile(started).then(
      () => true,
      () => false,
    ))
  )
    await new Promise(done => setTimeout(done, 20))
  controller.abort(new Error('stopped by the user'))
  await expect(grading).rejects.toThrow('stopped by the user')
})

test('more output than is searched fails', async () => {
  const result = await grade({ run: 'head -c 1100000 /dev/zero | tr "\\0" a', stdoutContains: 'a' })
  expect(result).toMatchObject({
    pass: false,
    explanation: expect.stringContaining('printed more than 1 MiB'),
  })
})

test.each([
  [{ run: 'x', cwd: '../y' }, ['cwd: expected a path inside of the workspace: "../y" leaves it']],
  [{ run: 'x', exitCode: 256 }, ['exitCode: Too big: expected number to be <=255']],
  [
    { run: 'x', stdoutMatches: '*' },
    ['stdoutMatches: not a JavaScript regular expression: /*/: Nothing to repeat'],
  ],
  [
    { run: 'x', timeout: 5 },
    ['timeout: expected a duration with its unit, got the number 5: write 5s for seconds or 5m for minutes'],
  ],
  [{ command: 'x', run: 'x' }, [': Unrecognized key: "command"']],
])('%j is refused', (given, messages) => {
  expect(mistakes(command.config, given)).toEqual(messages)
})

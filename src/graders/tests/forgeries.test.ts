import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeTree } from '../../util/file-tree.ts'
import { gradingPlace, type GradingPlace } from '../testing/input.ts'
import { files, graded, hidden, keys, pristine } from './testing/grading.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

describe('forgeries fail', () => {
  const exits = 'export const double = n => n + 2\nprocess.exit(0)\n'
  const fakeTap = `console.log('TAP version 13\\nok 1 - doubles three\\nok 2 - doubles two\\n1..2')`
  const fakeJson = `console.log('{"event":"test","file":null,"suite":[],"title":"doubles three","state":"passed","message":null}')`

  test.each<[string, Record<string, string | null>]>([
    ['leaving with exit code 0', { 'src/double.js': exits }],
    [
      'leaving with exit code 0 at the end of loading',
      { 'src/double.js': 'export const double = n => n + 2\nsetImmediate(() => process.exit(0))\n' },
    ],
    ['printing TAP', { 'src/double.js': `${fakeTap}\n${exits}` }],
    ['printing lines of our own report', { 'src/double.js': `${fakeJson}\n${exits}` }],
    [
      'a test of the same name in another file, while the hidden one does not load',
      {
        'src/double.js': exits,
        'test/fake.test.js': `import test from 'node:test'; test('doubles three', () => {}); test('doubles two', () => {})`,
      },
    ],
    [
      'replacing the hidden test before it is placed',
      { 'test/hidden.test.js': `import test from 'node:test'; test('doubles three', () => {})` },
    ],
    [
      'reports that lie around',
      { 'node_modules/report.json': '{}', 'report.jsonl': '{"event":"end","tests":0}' },
    ],
  ])('%s', async (_what, agent) => {
    const grade = await graded(place, { pristine, files, agent }, { ...keys, passToPass: 'none' })
    expect(grade).toMatchObject({ score: 0, pass: false })
  })

  test('a file that the command loads before the tests, whatever it is called', async () => {
    const forge = `import { createRequire, syncBuiltinESMExports } from 'node:module'
      createRequire(import.meta.url)('node:assert').equal = () => {}
      syncBuiltinESMExports()`
    const grade = await graded(
      place,
      { pristine: { ...pristine, 'tools/start.mjs': '' }, files, agent: { 'tools/start.mjs': forge } },
      { ...keys, run: ['node', '--import', './tools/start.mjs', '--test'], liveness: false },
    )
    expect(grade).toMatchObject({ score: 0, pass: false, details: { restored: ['tools/start.mjs'] } })
  })

  test('a link in the place of the hidden test, and of its folder', async () => {
    const fake = `import test from 'node:test'; test('doubles three', () => {}); test('doubles two', () => {})`
    const grade = await graded(
      place,
      {
        pristine,
        files,
        agent: { 'other/hidden.test.js': fake },
        // The agent's link lies in the workspace before the hidden file is placed.
        change: async root => {
          await rm(join(root, 'test'), { recursive: true })
          await symlink('other', join(root, 'test'))
          writeTree(root, {
            'test/hidden.test.js': { encoding: 'utf8', data: hidden, executable: false },
          })
        },
      },
      { ...keys, passToPass: 'none' },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
  })

  test('skipping and marking as to do', async () => {
    const skip = `import test from 'node:test'; test.skip('a', () => {}); test.todo('b', () => {})`
    const grade = await graded(
      place,
      { pristine: { 'a.test.js': skip } },
      { run: 'node --test', failToPass: ['a', 'b'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('- skipped: a')
    expect(grade.explanation).toContain('- todo: b')
  })

  test('a name that is reported twice is unclear', async () => {
    const twice = `import test from 'node:test'; test('a', () => {}); test('a', () => {})`
    const grade = await graded(
      place,
      { pristine: { 'a.test.js': twice } },
      { run: 'node --test', failToPass: ['a'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('a.test.js > a was reported 2 times')
  })

  test('the test that is named is weakened by the agent: the one of the repository counts', async () => {
    const own = { ...pristine, 'test/hidden.test.js': hidden }
    const agent = { 'test/hidden.test.js': `import test from 'node:test'; test('doubles three', () => {})` }
    const grade = await graded(
      place,
      { pristine: own, agent },
      { run: 'node --test', failToPass: ['doubles three'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false, details: { restored: ['test/hidden.test.js'] } })
  })
})

describe('a report of a fixed name', () => {
  const xml = '<testsuites><testsuite name="s"><testcase name="a"/></testsuite></testsuites>'
  const wanted = { runner: 'junit', report: 'reports/junit.xml', failToPass: ['a'], passToPass: 'none' }

  test('is read after the run', async () => {
    const run = ['/bin/sh', '-c', `mkdir -p reports && printf '%s' '${xml}' > reports/junit.xml`]
    expect(await graded(place, { pristine }, { ...wanted, run })).toMatchObject({
      pass: true,
      details: { runner: 'junit' },
    })
  })

  test('does not count if it was there before', async () => {
    const grade = await graded(
      place,
      { pristine, agent: { 'reports/junit.xml': xml } },
      { ...wanted, run: ['true'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('no report was written')
  })

  test('does not count behind a link to elsewhere', async () => {
    const elsewhere = join((await place.input({})).scratch, 'reports')
    await mkdir(elsewhere)
    await writeFile(join(elsewhere, 'junit.xml'), xml)
    const grade = await graded(
      place,
      { pristine, change: root => symlink(elsewhere, join(root, 'reports')) },
      { ...wanted, run: ['true'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
  })

  test('does not count if the run makes a pipe of it', async () => {
    const grade = await graded(
      place,
      { pristine },
      { ...wanted, run: ['/bin/sh', '-c', 'mkdir -p reports && mkfifo reports/junit.xml'] },
    )
    expect(grade).toMatchObject({ score: 0, pass: false })
  })
})

import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gradingPlace, type GradingPlace } from './testing/input.ts'
import { TestsConfig } from './tests/config.ts'
import { files, graded, keys, mended, pristine, toScene } from './tests/testing/grading.ts'
import { tests } from './tests.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

describe('node:test', () => {
  test('work that is right passes, and the logs and reports of all runs are kept', async () => {
    const grade = await graded(place, { pristine, files, agent: mended }, keys)
    expect(grade).toMatchObject({
      score: 1,
      pass: true,
      explanation: '1 of 1 named tests passes, 1 test still passes',
    })
    expect((await readdir(grade.logs)).toSorted()).toEqual([
      'patched-liveness.report',
      'patched-liveness.stderr.log',
      'patched-liveness.stdout.log',
      'patched.report',
      'patched.stderr.log',
      'patched.stdout.log',
      'pristine.report',
      'pristine.stderr.log',
      'pristine.stdout.log',
    ])
  })

  test('no work fails with the name of the test and its reason', async () => {
    const grade = await graded(place, { pristine, files }, keys)
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toMatch(/- failed: doubles three — .*5.*6/)
  })

  test('work that breaks another test fails', async () => {
    const agent = { 'src/double.js': 'export const double = n => n * 3 - 3\n' }
    const grade = await graded(place, { pristine, files, agent }, keys)
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('- failed: test/visible.test.js > doubles two')
  })

  test.each([
    ['deleted', null],
    ['renamed', `import test from 'node:test'; test('doubles 2', () => {})\n`],
    ['weakened', `import test from 'node:test'; test('doubles two', () => {})\n`],
  ])('a visible test that the agent has %s counts as it was', async (_how, text) => {
    const right = { ...mended, 'test/visible.test.js': text }
    expect(await graded(place, { pristine, files, agent: right }, keys)).toMatchObject({
      score: 1,
      pass: true,
    })
    const wrong = { 'src/double.js': 'export const double = n => n * 3 - 3\n', 'test/visible.test.js': text }
    const grade = await graded(place, { pristine, files, agent: wrong }, keys)
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('- failed: test/visible.test.js > doubles two')
  })

  test('a hidden test that is written over while the tests run does not pass', async () => {
    const forged = "import test from 'node:test'; test('doubles three', () => {})\n"
    const own = `import { writeFileSync } from 'node:fs'; writeFileSync('test/hidden.test.js', ${JSON.stringify(forged)})\n`
    const grade = await graded(place, { pristine, files, agent: { 'test/aaa.test.js': own } }, keys)
    expect(grade).toMatchObject({ score: 0, pass: false })
    expect(grade.explanation).toContain('test/hidden.test.js was changed while the tests ran')
  })

  test('the agent may add tests of its own, also failing ones and one of a hidden name', async () => {
    const own = `import test from 'node:test'; test('doubles three', () => {}); test('own', () => { throw new Error('x') })`
    const grade = await graded(
      place,
      { pristine, files, agent: { ...mended, 'test/own.test.js': own } },
      keys,
    )
    expect(grade).toMatchObject({ pass: true, details: { restored: ['test/own.test.js'] } })
  })

  test('the command runs in a folder of the workspace if told so', async () => {
    const inPackage = Object.fromEntries(
      Object.entries(pristine).map(([path, text]) => [`packages/a/${path}`, text]),
    )
    const grade = await graded(
      place,
      { pristine: inPackage, files, agent: { 'packages/a/src/double.js': mended['src/double.js'] } },
      {
        ...keys,
        run: 'node --test',
        cwd: 'packages/a',
        files: { 'packages/a/test/hidden.test.js': './hidden.test.js' },
      },
    )
    expect(grade).toMatchObject({
      pass: true,
      details: { failToPass: [{ tests: ['packages/a/test/hidden.test.js > doubles three'] }] },
    })
  })

  test('a run that does not end in time fails, and nothing of it counts', async () => {
    const agent = { 'src/double.js': 'export const double = n => n * 2\nsetInterval(() => {}, 1000)\n' }
    const grade = await graded(
      place,
      { pristine, files, agent },
      { ...keys, passToPass: 'none', timeout: '1s' },
    )
    expect(grade).toMatchObject({ score: 0, pass: false, details: { end: 'timeout' } })
    expect(grade.explanation).toContain('the tests did not end within 1s')
  })

  test('variables of the suite reach the tests', async () => {
    const probe = `import test from 'node:test'; test('sees it', () => { if (process.env.A !== 'b' || process.env.CI !== 'true') throw 1 })`
    const grade = await graded(
      place,
      { pristine: { ...pristine, 'test/env.test.js': probe } },
      { run: 'node --test', env: { A: 'b' }, failToPass: ['sees it'] },
    )
    expect(grade.pass).toBe(true)
  })
})

describe('what is not the fault of the agent is not graded', () => {
  test.each([[['node_modules/.bin/jest']], ['A=1 jest'], ['npx --no jest']])(
    'a program that is missing with and without its change: %s',
    async run => {
      const env = { npm_config_registry: 'http://127.0.0.1:1', npm_config_fetch_retries: '0' }
      const missing = graded(
        place,
        { pristine, agent: mended },
        { run, env, failToPass: ['a'], passToPass: 'none' },
      )
      await expect(missing).rejects.toThrow(
        /the test tool is not there, with or without the agent's change.*Install it by prepare/,
      )
      await expect(missing).rejects.toMatchObject({ name: 'InfraError' })
    },
  )

  test('a program that the agent took away is its fault', async () => {
    const runner = '#!/bin/sh\nprintf "1..1\\nok 1 - a\\n"\n'
    const grade = await graded(
      place,
      { pristine: { 'bin/jest': runner }, agent: { 'bin/jest': null } },
      { run: ['./bin/jest'], runner: 'tap', failToPass: ['a'], passToPass: 'none' },
    )
    expect(grade).toMatchObject({ score: 0, pass: false, details: { end: 'not-found' } })
  })

  test('tests that do not end even without its change', async () => {
    const hangs = {
      ...pristine,
      'src/double.js': 'export const double = n => n + 2\nsetInterval(() => {}, 1000)\n',
    }
    await expect(
      graded(place, { pristine: hangs, files, agent: mended }, { ...keys, timeout: '1s' }),
    ).rejects.toThrow(/before any change by the agent the tests did not end within 1s.*raise timeout/)
  })

  test('a suite in which there is nothing to judge', async () => {
    await expect(
      graded(place, { pristine: { 'a.js': '' }, agent: mended }, { run: 'node --test' }),
    ).rejects.toThrow(/passToPass: all finds no test that passes before the agent comes/)
  })

  test('the run without the change is made once for all trials', async () => {
    const input = await place.input(toScene({ pristine, files, agent: mended }))
    const config = TestsConfig.parse(keys)
    await tests.grade(input, config)
    let opened = 0
    await tests.grade({ ...input, pristine: options => ((opened += 1), input.pristine(options)) }, config)
    expect(opened).toBe(0)
  })
})

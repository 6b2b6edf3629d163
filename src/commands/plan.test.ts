import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'
import { project } from '../testing/project.ts'

test('plan: without a baseline a guess that says so, with one its costs and what it can see', async () => {
  const at = await place(project)
  const guess = await at.run('plan', 'suite.yaml', '--setup', 'guided')
  expect(guess.exitCode).toBe(0)
  expect(guess.stdout).toContain('PLAN. calc: 1 task, 3 trials of each, margin 10 points. Nothing was run.')
  expect(guess.stdout).toContain('This is a guess, as there is no baseline')
  expect(guess.stdout).toContain('dollars unknown')
  expect(guess.stdout).not.toContain('$0')

  await at.run('run', 'suite.yaml', '--setup', 'guided')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  const known = await at.run('plan', 'suite.yaml', '--setup', 'guided', '--drop', '80', '--trials', '5')
  expect(known.stdout).toContain('guided: against 3 baseline trials')
  expect(known.stdout).toMatch(/It takes at most 5 trials \([^)]*\):\s+about \$0\.10/)
  expect(known.stdout).toMatch(/a drop of +is found in/)
  expect(known.stdout).toMatch(/80 points +\d+ of 100 +\d+ trials? of each task/)
  expect(known.stdout).toMatch(/which may be luck: add\s+\(3\/3\)/)

  const { stdout } = await at.run('plan', 'suite.yaml', '--json', '--margin', '20')
  const data = JSON.parse(stdout)
  expect(data).toMatchObject({ suite: 'calc', trials: 3, margin: 20 })
  expect(data.setups.map((one: { setup: string; accepted: boolean }) => [one.setup, one.accepted])).toEqual([
    ['bare', false],
    ['guided', true],
  ])
  expect(data.setups[0].fixed).toMatchObject({ costUsd: null, hours: null })
  expect(data.setups[1].fixed.costUsd).toBeCloseTo(0.06, 9)
})

test('plan: a changed task is not taken for the one that was measured, and a missing baseline is an error', async () => {
  const at = await place(project)
  await at.run('run', 'suite.yaml', '--setup', 'guided', '--trials', '1')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  await at.write({
    'suite.yaml': project['suite.yaml']?.replace('It should give 5.', 'Five, please.') ?? '',
  })
  const changed = await at.run('plan', 'suite.yaml', '--setup', 'guided')
  expect(changed.stdout).toContain('It cannot stop early: tasks have changed since: add.')
  expect(changed.stdout).toContain('Changed since the baseline was accepted: add.')
  const missing = await at.run('plan', 'suite.yaml', '--baseline', 'nowhere.json')
  expect(missing.exitCode).toBe(2)
  expect(missing.stderr).toContain('nowhere.json: there is no such baseline')
})

import { expect, test } from 'vitest'
import { loadedBy } from './loaded.ts'

const env = {}

test.each<[string | string[], string]>([
  ['npx vitest --config configs/unit.mts', 'configs/unit.mts'],
  [['npx', 'jest', '-c', './configs/unit.js'], 'configs/unit.js'],
  ['npx jest --config=configs/unit.json --ci', 'configs/unit.json'],
  ['node --import ./hooks/register --test', 'hooks/register.mjs'],
  ['mocha -r ./test/hooks spec', 'test/hooks/index.js'],
  ['python -m pytest -p tools.plugin', 'tools/plugin.py'],
  ['cd a && node --env-file=.env.test --test', '.env.test'],
  ['npx jest --setupFilesAfterEnv ./prepare.js', 'prepare.js'],
])('%s loads %s', (run, path) => {
  expect(loadedBy({ run, env })(path)).toBe(true)
})

test.each<[string | string[], string]>([
  ['node --test src/check.js', 'src/check.js'],
  ['node --test', 'src/a.js'],
  [['python3', '-m', 'pytest', '-q', 'tests'], 'tests/test_a.py'],
  ['python3 -m unittest discover -s tests -p "test_*.py"', 'tests/test_a.py'],
  ['npx jest --config configs/unit.js', 'configs/unit2.js'],
  ['npx mocha -r tsx spec', 'tsx/more.js'],
  ['npx jest -c .', 'src/a.js'],
])('%s does not load %s', (run, path) => {
  expect(loadedBy({ run, env })(path)).toBe(false)
})

test('variables of the command and its folder count', () => {
  const loaded = loadedBy({
    run: 'node --test',
    cwd: './a',
    env: { NODE_OPTIONS: '--no-warnings --import=./hooks.mjs' },
  })
  expect(loaded('a/hooks.mjs')).toBe(true)
  expect(loaded('hooks.mjs')).toBe(false)
})

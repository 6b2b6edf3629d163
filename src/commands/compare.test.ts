import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'

/** Three setups that pass more or less often, at another price each; an agent that fails takes more turns. */
const agent = (passing: number, costUsd: number): string => `tasks:
  "*":
    - chance: ${passing}
      steps:
        - { write: { path: x.txt, content: yes } }
        - { usage: { inputTokens: 1000, outputTokens: 10, costUsd: ${costUsd}, turns: 3 } }
    - steps:
        - { usage: { inputTokens: 2000, outputTokens: 10, costUsd: ${costUsd * 1.2}, turns: 5 } }
`

const suite = `suite: three
trials: 8
limits: { timeout: 30s }
sources: { files: { folder: ./files } }
setups:
  large: { harness: { type: scripted, script: ./large.yaml } }
  small: { harness: { type: scripted, script: ./small.yaml } }
  tiny: { harness: { type: scripted, script: ./tiny.yaml } }
tasks:
${['a', 'b', 'c', 'd']
  .map(
    id =>
      `  - { id: ${id}, prompt: Make it so., graders: [{ type: files, contains: { x.txt: "yes" } }, { type: files, name: there, exists: [y.txt], required: false }] }`,
  )
  .join('\n')}
`

test('setups side by side: all metrics, names of flips, several at once, quality and cost, a claim', async () => {
  const at = await place({
    'files/y.txt': 'no\n',
    'large.yaml': agent(1, 0.5),
    'small.yaml': agent(1, 0.2),
    'tiny.yaml': agent(0.01, 0.1),
    'suite.yaml': suite,
  })
  const ran = await at.run('run', 'suite.yaml', '--report', 'markdown=summary.md')
  expect(ran.exitCode).toBe(0)
  for (const text of [ran.stderr, await readFile(join(at.path, 'summary.md'), 'utf8')]) {
    expect(text).toContain('With 2 setups held against large at once')
    expect(text).toContain('quality and cost')
  }

  const all = await at.run('compare', 'latest', '--p-values')
  expect(all.exitCode).toBe(0)
  const flat = all.stdout.replaceAll(/\s+/g, ' ')
  expect(flat).toContain(
    'With 2 setups held against large at once, this still stands: worse: tiny; no difference shown: small.',
  )
  expect(flat).toMatch(/Flipped, tiny against large \(.*\):\s+a \(8\/8 -> \d\/8\)/)
  expect(all.stdout).toMatch(/large +100 % of 32 +\d+-100 % +\$0\.50 +small/)
  expect(all.stdout).toMatch(/mean score +1\.00 +1\.00 +0\.5\d/)
  expect(all.stdout).toMatch(/turns per trial +3 +3 +\d/)
  expect(all.stdout).toMatch(/p values of tiny against large: worse <0\.0001/)

  const pair = await at.run('compare', 'latest:large', 'latest:small', '--report', 'json=out.json')
  expect(pair.stdout).not.toMatch(/\bp values?\b/)
  const [comparison] = JSON.parse(await readFile(join(at.path, 'out.json'), 'utf8')).comparisons
  expect(comparison).toMatchObject({
    score: { value: 0 },
    turns: { value: 1, n: 64 },
    costUsd: { value: expect.closeTo(0.4, 9), n: 64 },
    perTrial: { base: { costUsd: { value: expect.closeTo(0.5, 9), n: 32 } } },
  })

  const claim = ['compare', 'latest:large', 'latest:small', '--not-worse', '15', '--cheaper']
  const shown = await at.run(...claim, '20', '--report', 'markdown')
  expect(shown.exitCode).toBe(0)
  expect(shown.stdout).toMatch(/- SHOWN for small: not worse than 15 points: shown, best guess 0 points/)
  const refuted = await at.run(...claim, '90', '--json')
  expect(refuted.exitCode).toBe(1)
  expect(JSON.parse(refuted.stdout).claims).toMatchObject([
    { setup: 'small', finding: 'refuted', notWorse: { finding: 'shown', n: 64 } },
  ])
  const strict = await at.run('compare', 'latest:large', 'latest:small', '--not-worse', '1')
  expect(strict.exitCode).toBe(3)
  expect(strict.stdout).toContain('NOT SHOWN for small')

  const three = await at.run('compare', 'latest:large', 'latest', 'latest:tiny')
  expect(three.exitCode).toBe(2)
  expect(three.stderr).toContain('name it, as in latest:large')
})

test('a run folder that is not whole says what is missing', async () => {
  const at = await place({
    'files/y.txt': 'no\n',
    'large.yaml': agent(1, 0.5),
    'small.yaml': agent(1, 0.2),
    'tiny.yaml': agent(1, 0.1),
    'suite.yaml': suite,
  })
  expect((await at.run('run', 'suite.yaml', '--trials', '1')).exitCode).toBe(0)
  const [id = ''] = await readdir(join(at.path, '.agent-eval/runs'))
  await rm(join(at.path, '.agent-eval/runs', id, 'suite.json'))
  const told = await at.run('compare', 'latest')
  expect(told.exitCode).toBe(2)
  expect(told.stderr).toContain("suite.json is missing: copy the run's whole folder, or run again.")
})

import { expect, test } from 'vitest'
import { place } from '../testing/cli.ts'

const suite = `suite: tone
trials: 60
limits: { timeout: 30s }
sources: { files: { folder: ./files } }
setups: { bare: { harness: { type: scripted, script: ./agent.yaml } } }
tasks:
  - id: a
    prompt: Write yes.
    graders: [{ type: files, name: tone, contains: { x.txt: "yes" } }]
`

const agent = `tasks:
  a:
    - chance: 0.5
      steps: [{ write: { path: x.txt, content: yes } }]
    - steps: [{ say: no }]
`

test('calibrate: labels of people beside the verdicts of a grader; too few may not gate', async () => {
  const at = await place({ 'files/y.txt': 'no\n', 'agent.yaml': agent, 'suite.yaml': suite })
  await at.run('run', 'suite.yaml')
  const { trials } = JSON.parse((await at.run('list', 'latest', '--json')).stdout)
  // People agree but for every tenth trial.
  const rows = trials.map(
    ({ id, pass }: { id: string; pass: boolean }, i: number) =>
      `"${id}",tone,${pass === i % 10 > 0 ? 'pass' : 'fail'}`,
  )
  await at.write({
    'labels.csv': ['trial,grader,pass', ...rows].join('\n'),
    'few.csv': ['trial,grader,pass', ...rows.slice(0, 12)].join('\r\n'),
    'wrong.csv': `trial,pass\na/bare/0,perhaps\n`,
    'nobody.json': '[{ "trial": "a/bare/0", "grader": "style", "pass": true }]',
  })

  const told = await at.run('calibrate', 'latest', '--labels', 'labels.csv')
  expect(told.exitCode).toBe(0)
  expect(told.stdout).toMatch(/^MAY GATE\. tone: 60 labels of people beside its verdicts\.\n/)
  expect(told.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /Of what people pass it passes \d+ % \(n \d+, likely \d+-\d+\); of what they fail it fails/,
  )
  expect(told.stdout).toMatch(/Cohen's kappa; 1 is full\): 0\.\d\d, likely 0\.\d\d to 0\.\d\d \(n 60\)/)

  const few = await at.run('calibrate', 'latest', '--labels', 'few.csv', '--json')
  expect(few.exitCode).toBe(3)
  expect(JSON.parse(few.stdout).calibrations).toMatchObject([
    { grader: 'tone', labels: 12, mayGate: false, reasons: [expect.stringContaining('Too few labels')] },
  ])

  const wrong = await at.run('calibrate', 'latest', '--labels', 'wrong.csv')
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('wrong.csv:2: pass is "perhaps"'),
  })
  const nobody = await at.run('calibrate', 'latest', '--labels', 'nobody.json')
  expect(nobody).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('its graders: tone') })
})

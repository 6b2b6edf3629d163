import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { script } from './script.ts'
import { type GradingPlace, gradingPlace, type Scene } from './testing/input.ts'
import { mistakes } from './testing/mistakes.ts'

let place: GradingPlace
beforeAll(async () => {
  place = await gradingPlace()
})
afterAll(() => place.close())

async function grade(given: unknown, scene: Scene = {}) {
  return script.grade(await place.input(scene), script.config.parse(given))
}

/** A program that prints a text whatever it is asked. */
const printing = (text: string) => ({ run: ['node', '-e', `process.stdout.write(${JSON.stringify(text)})`] })

const echo = `
const question = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const read = path => require('fs').readFileSync(path, 'utf8')
console.log(JSON.stringify({
  score: 1,
  explanation: 'seen',
  details: {
    ...question,
    workspace: read(question.workspace + '/a.txt') + read(question.workspace + '/hidden.txt'),
    transcriptFile: read(question.transcriptFile),
    here: require('fs').readdirSync('.'),
  },
}))
`

test('the program is told all about the trial on stdin, and its files are not in the workspace', async () => {
  const scene: Scene = {
    files: { 'grade.cjs': echo, 'words.txt': 'w' },
    workspace: { 'a.txt': 'agent ' },
    hidden: { 'hidden.txt': 'hidden' },
    patch: 'diff',
    changedFiles: ['a.txt'],
    transcript: [{ type: 'reasoning', text: 'hm', atMs: null }],
  }
  const result = await grade({ run: ['node', './grade.cjs'], files: ['./words.txt'] }, scene)
  expect(result).toMatchObject({
    score: 1,
    pass: true,
    explanation: 'seen',
    details: {
      task: 'task',
      prompt: 'Make it work.',
      patch: 'diff',
      changedFiles: ['a.txt'],
      attempt: { stop: 'finished', costUsd: 0.25 },
      workspace: 'agent hidden',
      transcriptFile: '{"type":"reasoning","text":"hm","atMs":null}\n',
      here: ['grade.cjs', 'words.txt'],
    },
  })
})

test('a program of the suite need not be executable there, and may stand beside the folder of the suite', async () => {
  const program = '#!/bin/sh\ncat ../data.txt\n'
  const input = await place.input({})
  const files = { '../tools/grade.sh': program, '../data.txt': '{"score":0.5}', 'own.txt': '' }
  for (const [path, data] of Object.entries(files))
    input.files[path] = { encoding: 'utf8', data, executable: false }
  const given = script.config.parse({ run: ['../tools/grade.sh'], files: ['../data.txt', './own.txt'] })
  expect(await script.grade(input, given)).toMatchObject({ score: 0.5, pass: false })
})

test.each([
  [{ run: ['python3', './grade.py', './data.json', '--out=./x'] }, ['./grade.py', './data.json']],
  [{ run: './grade.sh --strict && cat "./b.txt"' }, ['./grade.sh', './b.txt']],
  [{ run: 'cd /tmp/./x; ../shared/grade.py', files: ['./lib'] }, ['../shared/grade.py', './lib']],
  [{ run: ['node', 'grade.js'], files: ['./grade.js'] }, ['./grade.js']],
])('%j asks for its suite files', (given, asked) => {
  expect(script.files?.(script.config.parse(given))).toEqual(asked)
})

test.each([
  ['{"score": 1}', { score: 1, pass: true, explanation: 'the program gave a score of 1' }],
  ['{"score": 0.99}', { score: 0.99, pass: false }],
  [
    '\n{"score": 0.4, "pass": true, "explanation": "good enough"}\n',
    { score: 0.4, pass: true, explanation: 'good enough' },
  ],
  ['{"score": 1, "pass": false}', { score: 1, pass: false }],
])('the answer %s is taken', async (answer, result) => {
  expect(await grade(printing(answer))).toMatchObject(result)
})

test.each([
  ['', 'printed nothing on stdout'],
  ['score: 1', 'printed something that is not JSON: score: 1'],
  ['{"score": 1}\n{"score": 0}', 'printed something that is not JSON'],
  ['{"score": 1.5}', 'score: Too big'],
  ['{"score": -1}', 'score: Too small'],
  ['{"score": "1"}', 'score: Invalid input: expected number'],
  ['{"pass": true}', 'score: Invalid input: expected number'],
  ['{"score": 1, "explanaton": "x"}', 'Unrecognized key: "explanaton"'],
  ['[1]', 'printed JSON that is no answer'],
  ['{"score": 1e999}', 'printed JSON that is no answer'],
])('the answer %j leaves the trial unscored, and is shown', async (answer, message) => {
  await expect(grade(printing(answer))).rejects.toMatchObject({
    name: 'InfraError',
    message: expect.stringContaining(message),
  })
})

test.each([
  [
    'ends with an error',
    { run: 'echo "{\\"score\\": 1}"; echo "no module" >&2; exit 1' },
    /ended with exit code 1[^]*no module/,
  ],
  ['is not there', { run: ['no-such-program-anywhere'] }, /was not found or cannot be executed/],
  ['does not end', { run: 'sleep 30', timeout: '300ms' }, /was still running after 300ms/],
  ['prints too much', { run: 'head -c 1100000 /dev/zero | tr "\\0" 1' }, /printed more than 1 MiB/],
])('a program that %s leaves the trial unscored', async (_name, given, message) => {
  await expect(grade(given)).rejects.toMatchObject({
    name: 'InfraError',
    message: expect.stringMatching(message),
  })
})

test('logs are kept', async () => {
  const input = await place.input({})
  await script.grade(input, script.config.parse({ run: 'echo note >&2; echo "{\\"score\\": 1}"' }))
  expect(await readFile(join(input.logs, 'stderr.log'), 'utf8')).toBe('note\n')
})

test('gets a clean environment and its own variables', async () => {
  const given = { run: 'printf "{\\"score\\": $MINE, \\"details\\": \\"$HOST\\"}"', env: { MINE: '1' } }
  expect(await grade(given, { env: { HOST: 'clean' } })).toMatchObject({ score: 1, details: 'clean' })
})

test.each([
  [
    { run: './x', timeout: '5' },
    [
      'timeout: expected a duration such as 500ms, 30s, 15m or 1h, got "5": write 5s for seconds or 5m for minutes',
    ],
  ],
  [{ run: './x', files: './y' }, ['files: Invalid input: expected array, received string']],
  [{ run: './x', cwd: 'y' }, [': Unrecognized key: "cwd"']],
])('%j is refused', (given, messages) => {
  expect(mistakes(script.config, given)).toEqual(messages)
})

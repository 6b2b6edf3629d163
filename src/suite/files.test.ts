import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testBroken } from './testing/broken.ts'
import { suiteWith, task } from './testing/suites.ts'

function setup(keys: string): string {
  return suiteWith({ setups: `setups:\n  a:\n    harness: plain\n${keys.replaceAll(/^/gm, '    ')}` })
}

function grader(keys: string): string {
  return suiteWith({}).replace('run: [x] }', `run: [x], ${keys} }`)
}

/** A file of the user that no suite may read. */
function outside(folder: string): string {
  const secret = join(folder, '..', `secret-${Math.random()}.txt`)
  writeFileSync(secret, 'secret')
  return secret
}

testBroken([
  {
    name: 'a prompt file that is not there',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./prompts/a.md }'),
    files: { 'prompts/b.md': 'x' },
    says: ['no such file: "./prompts/a.md" (did you mean "b.md"?)'],
  },
  {
    name: 'a file with a similar name',
    suite: setup('context: { AGENTS.md: ‸./agent.md }'),
    files: { 'agents.md': 'x' },
    says: ['did you mean "agents.md"?'],
  },
  {
    name: 'a folder as prompt',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./repo }'),
    says: ['"./repo" is a folder, expected a file'],
  },
  {
    name: 'an empty prompt file',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./a.md }'),
    files: { 'a.md': '\n' },
    says: ['"./a.md" is empty'],
  },
  {
    name: 'a prompt file that is no text',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./a.md }'),
    files: { 'a.md': new Uint8Array([0xff, 0x00]) },
    says: ['not a text in UTF-8'],
  },
  {
    name: 'a prompt file with NUL',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./a.md }'),
    files: { 'a.md': 'a\0b' },
    says: ['NUL'],
  },
  {
    name: 'a file below a file',
    suite: suiteWith({}).replace('Do it.', '{ file: ‸./a.md/b }'),
    files: { 'a.md': 'x' },
    says: ['no such file'],
  },
  {
    name: 'an absolute path',
    suite: suiteWith({ tasks: task('reference: ‸/etc/passwd') }),
    says: ['expected a path relative to this file'],
  },
  {
    name: 'a path out of the suite',
    suite: suiteWith({ tasks: task('reference: ‸./a/../../x') }),
    says: ["leads out of the suite's folder"],
  },
  {
    name: 'a path to a device through the suite',
    suite: setup('context: { a: ‸../../../../../dev/zero }'),
    says: ["leads out of the suite's folder"],
  },
  {
    name: 'a link out of the suite',
    suite: setup('context: { a.md: ‸./a.md }'),
    prepare: folder => symlinkSync(outside(folder), join(folder, 'a.md')),
    says: ["is a link that leaves the suite's folder"],
  },
  {
    name: 'a file behind a folder that is a link out of the suite',
    suite: setup('context: { a.md: ‸./linked/passwd }'),
    prepare: folder => symlinkSync('/etc', join(folder, 'linked')),
    says: ["is a link that leaves the suite's folder"],
  },
  {
    name: 'a link to itself',
    suite: setup('context: { a.md: ‸./a.md }'),
    prepare: folder => symlinkSync('a.md', join(folder, 'a.md')),
    says: ['is a link that leads to itself'],
  },
  {
    name: 'a pipe that nobody writes to',
    suite: setup('context: { a.md: ‸./pipe }'),
    prepare: folder => execFileSync('mkfifo', [join(folder, 'pipe')]),
    says: ['is not a regular file'],
  },
  {
    name: 'a file that is too large',
    suite: setup('context: { a.md: ‸./a.md }'),
    files: { 'a.md': new Uint8Array(10_000_001) },
    says: ['larger than 10 MB'],
  },

  {
    name: 'a target out of the workspace',
    suite: setup('context: { ‸../AGENTS.md: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['relative and without ".." and ".git"'],
  },
  {
    name: 'an absolute target',
    suite: setup('context: { ‸/etc/x: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['got "/etc/x"'],
  },
  {
    name: 'a target in .git',
    suite: setup('context: { ‸.git/hooks/pre-commit: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['".git"'],
  },
  {
    name: 'a target in a .git deeper down, in capitals',
    suite: setup('context: { ‸sub/.GIT/config: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['".git"'],
  },
  {
    name: 'a target that ends in a folder',
    suite: setup('context: { ‸docs/: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['got "docs/"'],
  },
  {
    name: 'a target with a way back',
    suite: setup('context: { ‸a/../../b: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['got "a/../../b"'],
  },
  {
    name: 'a target below another',
    suite: setup('context: { a: ./a.md, ‸a/b: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['"a/b" and "a" cannot both be there'],
  },
  {
    name: 'one target in two spellings',
    suite: setup('context: { a: ./a.md, ‸./a: ./a.md }'),
    files: { 'a.md': 'x' },
    says: ['cannot both be there'],
  },
  {
    name: 'globs out of the workspace',
    suite: setup('strip: [docs/**, ‸../**]'),
    says: ['a glob of paths in the workspace'],
  },

  {
    name: 'a skill that is not there',
    suite: setup('skills: [‸./skills/a]'),
    says: ['no such file: "./skills/a"'],
  },
  {
    name: 'a skill that is a file',
    suite: setup('skills: [‸./a]'),
    files: { a: 'x' },
    says: ['"./a" is no folder'],
  },
  {
    name: 'a skill without SKILL.md',
    suite: setup('skills: [‸./skills/a]'),
    files: { 'skills/a/skill.md': 'x' },
    says: ['no SKILL.md in "./skills/a"'],
  },
  {
    name: 'two skills of one name',
    suite: setup('skills: [./x/a, ‸./y/a]'),
    files: { 'x/a/SKILL.md': 'x', 'y/a/SKILL.md': 'x' },
    says: ['a second skill of the name "a"'],
  },
  {
    name: 'a link out of a skill',
    suite: setup('skills: [‸./skills/a]'),
    files: { 'skills/a/SKILL.md': 'x' },
    prepare: folder => symlinkSync(outside(folder), join(folder, 'skills/a/notes.md')),
    says: ['"./skills/a/notes.md" is a link that leaves'],
  },
  {
    name: 'a folder in a skill that is a link',
    suite: setup('skills: [‸./skills/a]'),
    files: { 'skills/a/SKILL.md': 'x' },
    prepare: folder => symlinkSync('..', join(folder, 'skills/a/loop')),
    says: ['is a folder, expected a file'],
  },
  {
    name: 'a skill of very many files',
    suite: setup('skills: [‸./skills/a]'),
    files: {
      'skills/a/SKILL.md': 'x',
      ...Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`skills/a/${i}`, ''])),
    },
    says: ['more than 2000 files'],
  },

  {
    name: 'a file of a grader that is not there',
    suite: grader('files: { test/a.js: ‸./hidden/a.js }'),
    says: ['no such file: "./hidden/a.js"'],
  },
  {
    name: 'a target of a grader out of the workspace',
    suite: grader('files: { ‸../a.js: ./a.js }'),
    files: { 'a.js': 'x' },
    says: ['got "../a.js"'],
  },
  {
    name: 'a target of a grader in .git',
    suite: grader('files: { ‸.git/config: ./a.js }'),
    files: { 'a.js': 'x' },
    says: ['got ".git/config"'],
  },
  {
    name: 'a file of a harness that is not there',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: { type: agent, run: [node, ‸./agent.js] } }' }),
    says: ['no such file: "./agent.js"'],
  },
  {
    name: 'a file of a harness in a setup file, relative to that file',
    suite: suiteWith({ setups: 'setups:\n  a: ./setups/a.yaml' }),
    files: { 'setups/a.yaml': 'harness: { type: agent, run: [‸./agent.sh] }\n', 'agent.sh': 'x' },
    says: ['no such file: "./agent.sh"'],
  },

  {
    name: 'a baseline out of the suite',
    suite: suiteWith({ tail: 'gate: { baseline: ‸../baselines/a.json }' }),
    says: ["leads out of the suite's folder"],
  },
  {
    name: 'a baseline that is a folder',
    suite: suiteWith({ tail: 'gate: { baseline: ‸./repo }' }),
    says: ['is a folder, expected a file'],
  },
  {
    name: 'a baseline behind a link out of the suite',
    suite: suiteWith({ tail: 'gate: { baseline: ‸./linked/new/a.json }' }),
    prepare: folder => {
      mkdirSync(`${folder}-elsewhere`)
      symlinkSync(`${folder}-elsewhere`, join(folder, 'linked'))
    },
    says: ["is a link that leaves the suite's folder"],
  },
  {
    name: 'a baseline that is a link to nothing',
    suite: suiteWith({ tail: 'gate: { baseline: ‸./a.json }' }),
    prepare: folder => symlinkSync('../nothing-there.json', join(folder, 'a.json')),
    says: ['no such file'],
  },
])

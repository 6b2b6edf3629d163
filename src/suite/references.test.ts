import { testBroken } from './testing/broken.ts'
import { suiteWith, task } from './testing/suites.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'
const agent = 'harness: { type: agent, run: [x] }'

function setups(lines: string, tail = ''): string {
  return suiteWith({ setups: `setups:\n${lines.replaceAll(/^/gm, '  ')}`, tail })
}

testBroken([
  {
    name: 'an unknown source',
    suite: suiteWith({ tasks: task('source: ‸rep') }),
    says: ['unknown source "rep" (did you mean "repo"?)'],
  },
  {
    name: 'the name of a prototype as source',
    suite: suiteWith({ tasks: task('source: ‸__proto__') }),
    says: ['expected a name'],
  },
  {
    name: 'no source where there are several',
    suite: suiteWith({
      sources: 'sources:\n  a: { folder: ./repo }\n  b: { folder: ./repo }',
      tasks: task('tags: []').replace('id:', '‸id:'),
    }),
    says: ['missing key "source": the suite has several (a, b)'],
  },
  {
    name: 'one task id twice',
    suite: suiteWith({
      tasks: `${task('tags: []')}  - id: ‸one\n    prompt: x\n    graders: [{ type: tests, run: [x] }]`,
    }),
    says: ['duplicate task id "one": task number 1'],
  },
  {
    name: 'two graders of one type without names',
    suite: suiteWith({}).replace('run: [x] }]', 'run: [x] }, { type: ‸tests, run: [y] }]'),
    says: ['a second grader of the name "tests": give it a "name"'],
  },
  {
    name: 'two graders of one name',
    suite: suiteWith({}).replace('run: [x] }]', 'run: [x], name: a }, { type: judge, rubric: x, name: ‸a }]'),
    says: ['a second grader of the name "a"'],
  },
  {
    name: 'no grader that is required',
    suite: suiteWith({}).replace(
      '[{ type: tests, run: [x] }]',
      '‸[{ type: tests, run: [x], required: false }]',
    ),
    says: ['at least one grader that is required'],
  },
  {
    name: 'both a fix and a reference',
    suite: suiteWith({ tasks: task(`reference: ./fix.patch\n‸fix: { commit: ${sha}, hidden: [test/**] }`) }),
    files: { 'fix.patch': 'diff' },
    says: ['"fix" and "reference" exclude each other'],
  },
  {
    name: 'a fix of a short id',
    suite: suiteWith({ tasks: task('fix: { commit: ‸0123abc, hidden: [test/**] }') }),
    says: ['full 40-character'],
  },
  {
    name: 'hidden files outside of the workspace',
    suite: suiteWith({ tasks: task(`fix: { commit: ${sha}, hidden: [‸../x] }`) }),
    says: ['without ".."'],
  },

  {
    name: 'an unknown parent',
    suite: setups(`bare: { ${agent} }\nmore: { extends: ‸bar }`),
    says: ['unknown setup "bar" (did you mean "bare"?)'],
  },
  {
    name: 'a setup that extends itself',
    suite: setups('a: { extends: ‸a, harness: plain }'),
    says: ['goes in a circle: a -> a'],
  },
  {
    name: 'a circle of setups, told once',
    suite: setups(
      'z: { extends: a }\na: { extends: ‸b, harness: plain }\nb: { extends: c }\nc: { extends: a }',
    ),
    says: ['goes in a circle: a -> b -> c -> a'],
  },
  {
    name: 'a circle through files',
    suite: setups('a: ./setups/a.yaml'),
    files: {
      'setups/a.yaml': 'extends: ‸./b.yaml\nharness: plain\n',
      'setups/b.yaml': 'extends: ../setups/a.yaml\n',
    },
    says: ['goes in a circle: ./setups/a.yaml -> ./b.yaml -> ./setups/a.yaml'],
  },
  {
    name: 'a chain of setups that is too long',
    suite: setups(
      Array.from({ length: 32 }, (_, i) => `s${i}: { extends: ${i === 0 ? '‸' : ''}s${i + 1} }`).join('\n') +
        '\ns32: { harness: plain }',
    ),
    says: ['extends more than 32 setups'],
  },
  {
    name: 'a setup without harness',
    suite: setups('a: ‸{ model: m }'),
    says: ['missing key "harness": setup "a" needs one'],
  },
  {
    name: 'a setup that takes its harness away',
    suite: setups('a: { harness: plain }\nb: ‸{ extends: a, harness: null }'),
    says: ['setup "b" needs one'],
  },
  { name: 'a setup left empty', suite: setups('‸a:'), says: ['expected a setup (a mapping'] },
  { name: 'a setup that is a list', suite: setups('a: ‸[plain]'), says: ['got a list'] },
  {
    name: 'a harness that knows no models',
    suite: setups('a: { harness: plain, ‸model: m }'),
    says: ['harness "plain" does not support "model"'],
  },
  {
    name: 'a harness that knows no effort',
    suite: setups('a: { harness: plain, ‸effort: high }'),
    says: ['does not support "effort"'],
  },
  {
    name: 'a harness that knows no MCP',
    suite: setups('a: { harness: plain, ‸mcp: { s: { command: [x] } } }'),
    says: ['does not support "mcp"'],
  },
  {
    name: 'an inherited key that the harness does not support, told once where it is written',
    suite: setups(`a: { ${agent}, ‸model: m }\nb: { extends: a, harness: plain }\nc: { extends: b }`),
    says: ['harness "plain" does not support "model"'],
  },
  {
    name: 'a template without prompt',
    suite: setups('a: { harness: plain, prompt: ‸Run the tests. }'),
    says: ['does not contain {{prompt}}'],
  },
  {
    name: 'a template with spaces',
    suite: setups('a: { harness: plain, prompt: ‸"{{ prompt }}" }'),
    says: ['without spaces'],
  },
  {
    name: 'a template in a file, without prompt',
    suite: setups('a: { harness: plain, prompt: { file: ‸./t.md } }'),
    files: { 't.md': 'Run the tests.' },
    says: ['does not contain {{prompt}}'],
  },
  {
    name: 'an environment variable twice',
    suite: setups('a: { harness: plain, env: [KEY, ‸KEY=1] }'),
    says: ['"KEY" stands twice'],
  },

  {
    name: 'setups that differ in what is not to vary',
    suite: setups(
      `a: { ${agent}, model: m }\nb: { extends: a, ‸model: n, context: { x.md: ./x.md } }`,
      'vary: [context]',
    ),
    files: { 'x.md': 'x' },
    says: ['setup "b" differs from "a" in "model", which "vary" does not list'],
  },
  {
    name: 'setups that differ by a key that one does not have',
    suite: setups(`a: { ${agent}, model: m }\n‸b: { ${agent} }`, 'vary: [context]'),
    says: ['differs from "a" in "model"'],
  },
  {
    name: 'setups that differ in a setup file',
    suite: setups('a: { harness: plain, strip: [x] }\nb: ./b.yaml', 'vary: [model]'),
    files: { 'b.yaml': 'harness: plain\n‸strip: [y]\n' },
    says: ['differs from "a" in "strip"'],
  },

  {
    name: 'mistakes in a setup file',
    suite: setups('a: ./setups/a.yaml\nb: { extends: ./setups/b.yml }'),
    files: {
      'setups/a.yaml': 'harness: ‸agnet\n‸contxt: {}\n',
      'setups/b.yml': 'harness: plain\nharness: plain\n'.replace('\nharness', '\n‸harness'),
    },
    says: ['did you mean "agent"?', 'did you mean "context"?', 'duplicate key "harness"'],
  },
  {
    name: 'a setup file that is empty',
    suite: setups('a: ./a.yaml'),
    files: { 'a.yaml': '‸' },
    says: ['the file is empty'],
  },
  {
    name: 'a setup file that is a list',
    suite: setups('a: ./a.yaml'),
    files: { 'a.yaml': '‸- plain\n' },
    says: ['expected a setup (a mapping'],
  },
  {
    name: 'a setup file of several setups',
    suite: setups('a: ./a.yaml'),
    files: { 'a.yaml': '‸a: { harness: plain }\n' },
    says: ['unknown key "a"'],
  },
  {
    name: 'a setup file that is not there',
    suite: setups('a: ‸./b.yaml'),
    files: { 'a.yaml': 'harness: plain\n' },
    says: ['no such file: "./b.yaml" (did you mean "a.yaml"?)'],
  },
  {
    name: 'the name of a harness instead of a setup',
    suite: setups('a: ‸plain'),
    says: ['no such file: "plain"'],
  },
  {
    name: 'a setup file outside of the suite',
    suite: setups('a: ‸../a.yaml'),
    says: ["leads out of the suite's folder"],
  },
  {
    name: 'a setup file whose parent is in the suite and wrong',
    suite: setups('a: ./a.yaml\nbase: { harness: plain }'),
    files: { 'a.yaml': 'extends: ‸bas\n' },
    says: ['did you mean "base"?'],
  },
])

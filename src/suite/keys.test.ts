import { testBroken } from './testing/broken.ts'
import { suiteWith, task } from './testing/suites.ts'

const sha = '0123456789abcdef0123456789abcdef01234567'

testBroken([
  {
    name: 'an unknown key',
    suite: suiteWith({ tail: '‸trails: 3' }),
    says: ['unknown key "trails" (did you mean "trials"?)'],
  },
  {
    name: 'an unknown key of a task',
    suite: suiteWith({ tasks: task('‸refrence: x') }),
    says: ['did you mean "reference"?'],
  },
  {
    name: 'an unknown key in another style',
    suite: suiteWith({ head: 'suite: s\nlimits: { ‸max_cost_usd: 1 }' }),
    says: ['did you mean "maxCostUsd"?'],
  },
  {
    name: 'an unknown key that resembles nothing',
    suite: suiteWith({ head: 'suite: s\nlimits: { ‸qqq: 1 }' }),
    says: ['known: cpus, maxCallsPerMinute, maxCostUsd, maxTokens, maxTurns, memory, processes, timeout'],
  },
  {
    name: 'an unknown key of a grader',
    suite: suiteWith({}).replace('run: [x] }', 'run: [x], ‸faiToPass: [a] }'),
    says: ['did you mean "failToPass"?'],
  },
  {
    name: 'an unknown key deep in a grader',
    suite: suiteWith({}).replace('run: [x] }', 'run: [x], options: { shards: 1, ‸shrads: 1 } }'),
    says: ['did you mean "shards"?'],
  },
  {
    name: 'a key of another grader',
    suite: suiteWith({}).replace('run: [x] }', 'run: [x], ‸rubric: y }'),
    says: ['unknown key "rubric"'],
  },
  {
    name: 'an unknown key of a harness',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: { type: agent, run: [x], ‸rnu: 1 } }' }),
    says: ['did you mean "run"?'],
  },
  {
    name: 'an unknown grader',
    suite: suiteWith({}).replace('type: tests', 'type: ‸test'),
    says: ['unknown grader "test" (did you mean "tests"?)'],
  },
  {
    name: 'an unknown harness',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: { type: ‸claude } }' }),
    says: ['unknown harness "claude" (known: agent, modelled, plain)'],
  },
  {
    name: 'a service with an unknown API',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: modelled, service: { url: http://x/v1, api: ‸openai } }',
    }),
    says: ['expected one of "openai-chat", "openai-responses", "anthropic", "gemini", got "openai"'],
  },
  {
    name: 'a service without its address',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: modelled, service: ‸{ api: gemini } }' }),
    says: ['missing key "url": address of the model service'],
  },
  {
    name: 'a service with credentials in its address',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: modelled, service: { url: ‸http://me:word@x/v1 } }',
    }),
    says: ['expected an http or https URL without credentials'],
  },
  {
    name: 'a price that is a word, and one of no class',
    suite: suiteWith({
      setups:
        'setups:\n  a: { harness: modelled, service: { url: http://x/v1, prices: { m: { input: ‸cheap, output: 1 }, n: { input: 1, output: 1, ‸cached: 1 } } } }',
    }),
    says: ['expected a number, got "cheap"', 'unknown key "cached"'],
  },
  {
    name: 'a key in the place of its name, which is not repeated',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: modelled, service: { url: http://x/v1, key: ‸sk-abc } }',
    }),
    says: ['never the key itself'],
  },
  {
    name: 'a word in the place of a service',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: modelled, service: ‸maybe }' }),
    says: ['expected direct, or a mapping with the url'],
  },
  {
    name: 'an unknown harness by its bare name',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: ‸agnet }' }),
    says: ['did you mean "agent"?'],
  },
  {
    name: 'the name of a prototype as harness',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: ‸constructor }' }),
    says: ['unknown harness "constructor"'],
  },
  {
    name: 'a bare harness that needs keys',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: ‸agent }' }),
    says: ['harness "agent" needs keys of its own: write { type: agent, run: ... }'],
  },
  {
    name: 'a grader without type',
    suite: suiteWith({}).replace('{ type: tests, run: [x] }', '‸{ run: [x] }'),
    says: ['missing key "type": the name of a grader (known: judge, tests)'],
  },
  {
    name: 'a grader that is a text',
    suite: suiteWith({}).replace('{ type: tests, run: [x] }', '‸tests'),
    says: ['expected a mapping with "type", got "tests"'],
  },
  {
    name: 'a grader with a missing and a wrong key',
    suite: suiteWith({}).replace('{ type: tests, run: [x] }', '‸{ type: tests, weight: ‸0 }'),
    says: ['missing key "run"', 'expected a number above 0, got the number 0'],
  },
  {
    name: 'a grader that refuses its own keys',
    suite: suiteWith({}).replace('{ type: tests, run: [x] }', '‸{ type: judge }'),
    says: ['expected either rubric or rubricFile'],
  },
  {
    name: 'a value of two kinds',
    suite: suiteWith({}).replace('run: [x] }', 'run: [x], passToPass: ‸al }'),
    says: ['expected "all", got "al"'],
  },
  {
    name: 'missing keys',
    suite: '# none\n‸‸‸‸description: x\n',
    says: [
      'missing key "suite": name of the suite',
      'missing key "sources"',
      'missing key "setups"',
      'missing key "tasks"',
    ],
  },
  {
    name: 'a task without prompt',
    suite: suiteWith({ tasks: 'tasks:\n  - ‸id: one\n    graders: [{ type: tests, run: [x] }]' }),
    says: ['missing key "prompt": what the agent is asked'],
  },
  {
    name: 'a task without graders',
    suite: suiteWith({ tasks: 'tasks:\n  - ‸id: one\n    prompt: x' }),
    says: ['missing key "graders"'],
  },
  {
    name: 'a task that is a text',
    suite: suiteWith({ tasks: 'tasks:\n  - ‸one' }),
    says: ['expected a mapping, got "one"'],
  },
  {
    name: 'no tasks',
    suite: suiteWith({ tasks: 'tasks: ‸[]' }),
    says: ['expected at least one entry, got an empty list'],
  },
  {
    name: 'tasks left empty',
    suite: suiteWith({ tasks: '‸tasks:' }),
    says: ['expected a list, got nothing'],
  },
  {
    name: 'tasks that are a mapping',
    suite: suiteWith({ tasks: 'tasks:\n  ‸one: { prompt: x }' }),
    says: ['expected a list, got a mapping'],
  },
  {
    name: 'no graders',
    suite: suiteWith({ tasks: 'tasks:\n  - id: one\n    prompt: x\n    graders: ‸[]' }),
    says: ['at least one entry'],
  },
  { name: 'no setups', suite: suiteWith({ setups: 'setups: ‸{}' }), says: ['at least one entry'] },
  { name: 'no sources', suite: suiteWith({ sources: 'sources: ‸{}' }), says: ['at least one entry'] },
  {
    name: 'an empty list of hidden files',
    suite: suiteWith({ tasks: task(`fix: { commit: ${sha}, hidden: ‸[] }`) }),
    says: ['at least one entry'],
  },
  { name: 'an empty vary', suite: suiteWith({ tail: 'vary: ‸[]' }), says: ['at least one entry'] },
  {
    name: 'an unknown name in vary',
    suite: suiteWith({ tail: 'vary: [context, ‸skill]' }),
    says: [['expected one of "harness"', 'got "skill" (did you mean "skills"?)']],
  },
  {
    name: 'an empty prompt',
    suite: suiteWith({}).replace('Do it.', '‸"  "'),
    says: ['expected a text that is not empty'],
  },
  {
    name: 'a prompt that is a number',
    suite: suiteWith({}).replace('Do it.', '‸42'),
    says: ['expected a text or a mapping, got the number 42: put it in quotes'],
  },
  {
    name: 'a prompt with an unknown key',
    suite: suiteWith({}).replace('Do it.', '‸{ ‸flie: x }'),
    says: ['missing key "file"', 'unknown key "flie" (did you mean "file"?)'],
  },
  {
    name: 'many mistakes are told at once, in the order of the file',
    suite: suiteWith({
      head: 'suite: ‸S\n‸trails: 1\nlimits: { timeout: ‸1 }',
      setups: 'setups:\n  a: { harness: ‸nope, ‸modle: x }',
      tasks:
        'tasks:\n  - id: ‸One\n    source: ‸rep\n    prompt: { file: ‸./nowhere.md }\n    graders:\n      - { type: tests, run: [x], weight: ‸-1 }\n      - { type: ‸judg }',
      tail: 'gate: { baseline: ‸../x.json, margin: ‸0 }',
    }),
    says: [
      'name',
      'trials',
      'unit',
      'unknown harness',
      '"model"',
      'name',
      'did you mean "repo"',
      'no such file',
      'above 0',
      '"judge"',
      "leads out of the suite's folder",
      'above 0',
    ],
  },
])

import { testBroken } from './testing/broken.ts'
import { suiteWith } from './testing/suites.ts'

testBroken([
  {
    name: 'zero trials',
    suite: suiteWith({ tail: 'trials: ‸0' }),
    says: ['expected a number above 0, got the number 0'],
  },
  { name: 'negative trials', suite: suiteWith({ tail: 'trials: ‸-3' }), says: ['got the number -3'] },
  {
    name: 'half a trial',
    suite: suiteWith({ tail: 'trials: ‸1.5' }),
    says: ['expected a whole number, got the number 1.5'],
  },
  { name: 'a billion trials', suite: suiteWith({ tail: 'trials: ‸1e9' }), says: ['of at most 10000'] },
  {
    name: 'trials that are a text',
    suite: suiteWith({ tail: 'trials: ‸"5"' }),
    says: ['expected a number, got "5"'],
  },
  {
    name: 'trials that are no number',
    suite: suiteWith({ tail: 'trials: ‸.nan' }),
    says: ['expected a number, got the number .nan'],
  },
  {
    name: 'a cost without end',
    suite: suiteWith({ tail: 'limits: { maxCostUsd: ‸.inf }' }),
    says: ['expected a number'],
  },
  { name: 'a negative cost', suite: suiteWith({ tail: 'limits: { maxCostUsd: ‸-1 }' }), says: ['above 0'] },
  {
    name: 'a duration without unit',
    suite: suiteWith({ tail: 'limits: { timeout: ‸15 }' }),
    says: ['15m for minutes'],
  },
  {
    name: 'a duration without unit, in quotes',
    suite: suiteWith({ tail: 'limits: { timeout: ‸"15" }' }),
    says: ['15m for minutes'],
  },
  {
    name: 'a duration in words',
    suite: suiteWith({ tail: 'limits: { timeout: ‸15 min }' }),
    says: ['expected a duration such as'],
  },
  {
    name: 'a duration of nothing',
    suite: suiteWith({ tail: 'limits: { timeout: ‸0s }' }),
    says: ['from 1ms'],
  },
  {
    name: 'a margin beyond everything',
    suite: suiteWith({ tail: 'gate: { margin: ‸101 }' }),
    says: ['of at most 100'],
  },
  {
    name: 'a switch that is a text',
    suite: suiteWith({ tail: 'gate: { strict: ‸yes }' }),
    says: ['expected true or false, got "yes"'],
  },
  {
    name: 'an id in capitals',
    suite: suiteWith({}).replace('id: one', 'id: ‸One'),
    says: ['lower-case letters'],
  },
  {
    name: 'an id that leads upwards',
    suite: suiteWith({}).replace('id: one', 'id: ‸a..b'),
    says: ['expected a name'],
  },
  {
    name: 'an id with a slash',
    suite: suiteWith({}).replace('id: one', 'id: ‸../../etc'),
    says: ['got "../../etc"'],
  },
  {
    name: 'an id that is too long',
    suite: suiteWith({}).replace('id: one', `id: ‸${'a'.repeat(65)}`),
    says: ['at most 64'],
  },
  {
    name: 'an id that is a number',
    suite: suiteWith({}).replace('id: one', 'id: ‸12'),
    says: ['expected a text, got the number 12: put it in quotes'],
  },
  {
    name: 'an id with signs for the terminal',
    suite: suiteWith({}).replace('id: one', 'id: ‸"a\\x1b[2J\\u202e"'),
    says: ['got "a\\u001b[2J\\u{202E}"'],
  },
  {
    name: 'the name of a constructor as id',
    suite: suiteWith({}).replace('id: one', 'id: ‸constructor'),
    says: ['expected a name'],
  },
  {
    name: 'the name of a constructor as setup',
    suite: suiteWith({ setups: 'setups:\n  ‸constructor: { harness: plain }' }),
    says: ['expected a name'],
  },
  {
    name: 'a setup with a space in its name',
    suite: suiteWith({ setups: 'setups:\n  ‸my setup: { harness: plain }' }),
    says: ['got "my setup"'],
  },
  { name: 'a tag with a comma', suite: suiteWith({ tail: 'tags: [‸"a,b"]' }), says: ['without commas'] },
  {
    name: 'a model that looks like an option',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: { type: agent, run: [x] }, model: ‸--yolo }' }),
    says: ['begin with "-"'],
  },
  {
    name: 'an environment variable with a wrong name',
    suite: suiteWith({ setups: 'setups:\n  a: { harness: plain, env: [GOOD, ‸"MY-KEY=1"] }' }),
    says: ['NAME=value'],
  },
  {
    name: 'an MCP server with neither command nor url',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: { type: agent, run: [x] }, mcp: { s: ‸{ env: {} } } }',
    }),
    says: ['missing key "command"'],
  },
  {
    name: 'an MCP server at a file',
    suite: suiteWith({
      setups: 'setups:\n  a: { harness: { type: agent, run: [x] }, mcp: { s: { url: ‸"file:///x" } } }',
    }),
    says: ['expected an http or https URL'],
  },
  {
    name: 'a history that is neither',
    suite: suiteWith({ sources: 'sources:\n  repo: { folder: ./repo, history: ‸full }' }),
    says: ['expected one of "ancestors", "none", got "full"'],
  },
  {
    name: 'an empty command',
    suite: suiteWith({ sources: 'sources:\n  repo: { folder: ./repo, prepare: [‸"", npm ci] }' }),
    says: ['not empty'],
  },
])

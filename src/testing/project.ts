/** A small project with a suite, for end-to-end tests: one repository, two setups that differ in one context file. */

const repository = {
  'calc/package.json': '{ "name": "calc", "type": "module" }\n',
  'calc/src/add.js': 'export const add = (a, b) => a - b\n',
  'calc/test/add.test.js': [
    "import assert from 'node:assert/strict'",
    "import { test } from 'node:test'",
    "import { add } from '../src/add.js'",
    "test('adds nothing', () => assert.equal(add(2, 0), 2))",
    '',
  ].join('\n'),
}

const judgement = {
  'hidden/add.test.js': [
    "import assert from 'node:assert/strict'",
    "import { test } from 'node:test'",
    "import { add } from '../src/add.js'",
    "test('adds two numbers', () => assert.equal(add(2, 3), 5))",
    '',
  ].join('\n'),
  'reference/add.patch': [
    'diff --git a/src/add.js b/src/add.js',
    '--- a/src/add.js',
    '+++ b/src/add.js',
    '@@ -1 +1 @@',
    '-export const add = (a, b) => a - b',
    '+export const add = (a, b) => a + b',
    '',
  ].join('\n'),
  'context/AGENTS.md': 'Plus adds.\n',
}

/** The scripted agent mends the bug where the advice is there, and does something useless where not. */
const agent = {
  'agent.yaml': [
    'tasks:',
    '  add:',
    '    - if: { contains: { AGENTS.md: Plus } }',
    '      steps:',
    '        - { say: I change the sign. }',
    '        - { write: { path: src/add.js, content: "export const add = (a, b) => a + b\\n" } }',
    '        - { usage: { inputTokens: 100, outputTokens: 10, costUsd: 0.02, turns: 2 } }',
    '    - steps:',
    '        - { write: { path: NOTES.md, content: hello } }',
    '        - { usage: { inputTokens: 50, outputTokens: 5, costUsd: 0.01, turns: 1 } }',
    '',
  ].join('\n'),
}

export const suiteText = `suite: calc
trials: 3
limits: { timeout: 30s }
sources:
  calc: { folder: ./calc }
setups:
  bare: { harness: { type: scripted, script: ./agent.yaml } }
  guided: { extends: bare, context: { AGENTS.md: ./context/AGENTS.md } }
vary: [context]
tasks:
  - id: add
    prompt: add(2, 3) gives -1. It should give 5.
    reference: ./reference/add.patch
    graders:
      - type: tests
        files: { test/hidden.test.js: ./hidden/add.test.js }
        run: [node, --test]
        failToPass: [adds two numbers]
gate: { baseline: ./baselines/calc.json, margin: 10 }
`

export const project: Record<string, string> = {
  ...repository,
  ...judgement,
  ...agent,
  'suite.yaml': suiteText,
}

import { Document, isScalar, visit } from 'yaml'
import { harnesses } from '../../harnesses/index.ts'
import type { Candidate } from './candidates.ts'
import type { Detected } from './detect.ts'

/** Those that drive a real one. */
const agents = Object.keys(harnesses).filter(name => name !== 'scripted')

export interface Scaffold {
  name: string
  head: string
  /** Of both setups. */
  harness: string
  detected: Detected
  candidates: Candidate[]
}

/** The text of a first suite: valid as it is, with a comment wherever a person has to decide. */
export function scaffold({ name, head, harness, detected, candidates }: Scaffold): string {
  const { testCommand, contextFiles, skills } = detected
  const usable = testCommand === null ? [] : candidates
  const context = Object.fromEntries(contextFiles.map(path => [path, `./${path}`]))
  const hasContext = contextFiles.length > 0 || skills.length > 0
  const source = (commit: string): object => ({
    git: '.',
    commit,
    ...(detected.prepare.length > 0 ? { prepare: detected.prepare } : {}),
  })

  const sources = Object.fromEntries(
    usable.length > 0
      ? usable.map(({ commit, parent }) => [sourceName(commit), source(parent)])
      : [['head', source(head)]],
  )
  const setups = hasContext
    ? {
        without: { harness, strip: [...contextFiles, ...skills] },
        with: {
          extends: 'without',
          ...(contextFiles.length > 0 ? { context } : {}),
          ...(skills.length > 0 ? { skills: skills.map(path => `./${path}`) } : {}),
        },
      }
    : { current: { harness } }
  const tasks =
    testCommand !== null && usable.length > 0
      ? usable.map(({ commit, subject, body, tests }) => ({
          id: taskId(subject, commit),
          source: sourceName(commit),
          prompt: body === '' ? `${subject}\n` : `${subject}\n\n${body}\n`,
          fix: { commit, hidden: tests },
          graders: [{ type: 'tests', run: testCommand(tests), passToPass: 'none' }],
        }))
      : [
          {
            id: 'first-task',
            prompt: 'Add a file HELLO.md with one line that says hello.\n',
            graders: [{ type: 'files', exists: ['HELLO.md'] }],
          },
        ]

  return [
    '# A suite of agent-eval. Check it: agent-eval validate agent-eval.yaml --prove',
    `suite: ${name}`,
    'trials: 3',
    'limits: { timeout: 15m }',
    '',
    '# Repositories at pinned commits; "git: ." is this one.',
    toYaml({ sources }),
    '',
    `# What is compared. "harness" drives the agent (${agents.join(', ')}): agent-eval doctor shows which are here.`,
    hasContext
      ? '# "without" takes away what the repository tells agents; "with" puts in what stands in your working tree now.'
      : '# Add a second setup to compare two: another model, prompt, context file or skill.',
    toYaml({ setups }),
    ...(hasContext ? ['', 'vary: [context, skills]'] : []),
    '',
    usable.length > 0
      ? '# Made of commits that changed code and tests together. The prompts are their subjects: say in your own words what is wrong.'
      : '# Replace this by problems of your own: agent-eval found no commit that changed code and tests together, or no known test runner.',
    toYaml({ tasks }),
    '',
    `gate: { baseline: ./evals/baselines/${name}.json, margin: 10 }`,
    '',
  ].join('\n')
}

/** Short lists on one line, as people write them. */
function toYaml(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Seq(_key, list) {
      if (list.items.every(isScalar)) list.flow = true
    },
  })
  return document.toString({ lineWidth: 110, flowCollectionPadding: false }).trimEnd()
}

function sourceName(commit: string): string {
  return `before-${commit.slice(0, 7)}`
}

function taskId(subject: string, commit: string): string {
  const words = subject
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return words === '' ? commit.slice(0, 7) : `${words}-${commit.slice(0, 4)}`
}

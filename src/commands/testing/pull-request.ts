import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Rules } from '../../model/rules.ts'
import { place, type CliResult, type Place } from '../../testing/cli.ts'

/** A repository whose main branch has a suite with an accepted baseline, for pull requests that try to get through. */

export const suite = `suite: calc
trials: 2
limits: { timeout: 30s }
sources:
  calc: { folder: ../calc }
setups:
  guided:
    harness: { type: scripted, script: ./agent.yaml }
    context: { AGENTS.md: ./context/AGENTS.md }
tasks:
  - id: add
    prompt: add(2, 3) gives -1. It should give 5.
    graders: [{ type: script, run: [./hidden/check.sh] }]
  - id: note
    prompt: Leave a note.
    graders: [{ type: files, exists: [NOTES.md] }]
gate: { baseline: ./baselines/calc.json, margin: 10 }
`

const files: Record<string, string> = {
  'calc/src/add.js': 'export const add = (a, b) => a - b\n',
  'evals/suite.yaml': suite,
  'evals/context/AGENTS.md': 'Plus adds. Leave notes.\n',
  'evals/hidden/check.sh':
    '#!/bin/sh\nif grep -q "a + b"; then echo "{\\"score\\":1}"; else echo "{\\"score\\":0}"; fi\n',
  // Does what AGENTS.md tells it, and nothing that it does not.
  'evals/agent.yaml': [
    'tasks:',
    '  add:',
    '    - if: { contains: { AGENTS.md: Plus } }',
    '      steps: [{ write: { path: src/add.js, content: "export const add = (a, b) => a + b\\n" } }]',
    '    - steps: [{ say: I do not know. }]',
    '  "*":',
    '    - if: { contains: { AGENTS.md: notes } }',
    '      steps: [{ write: { path: NOTES.md, content: done } }]',
    '    - steps: [{ say: I do not know. }]',
    '',
  ].join('\n'),
}

let baseline: Promise<string> | undefined

/** Measured once: it depends on the files alone. */
async function measureBaseline(): Promise<string> {
  const at = await place(files)
  await at.run('run', 'evals/suite.yaml', '--isolation', 'none')
  await at.run('baseline', 'accept', 'latest', '--reason', 'first')
  return readFile(join(at.path, 'evals/baselines/calc.json'), 'utf8')
}

export interface PullRequest extends Place {
  /** Replaces a text in a file; throws where it is not there. */
  edit(path: string, from: string, to: string): Promise<void>
  /** Makes the agent worse at both tasks. */
  worsen(): Promise<void>
  /** Commits everything and runs the gate by the rules of main. */
  gate(...args: string[]): Promise<Judged>
  /** What the gate would say of the rules, without running anything. */
  plan(...args: string[]): Promise<string>
}

export interface Judged extends CliResult {
  decision: string | null
  /** Items of the changes that are not approved, and of those that are new. */
  open: string[]
  added: string[]
}

const Answer = z.object({
  verdict: z.object({ decision: z.string() }),
  run: z.object({ rules: Rules }),
})

/** A branch off main with nothing on it yet. `more` are files that main has besides. */
export async function pullRequest(more: Record<string, string> = {}): Promise<PullRequest> {
  baseline ??= measureBaseline()
  const at = await place({ ...files, 'evals/baselines/calc.json': await baseline, ...more })
  await at.git('init', '-q')
  await commit(at, 'main')
  await at.git('switch', '-q', '-c', 'change')
  const edit = async (path: string, from: string, to: string): Promise<void> => {
    const text = await readFile(join(at.path, path), 'utf8')
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`)
    await at.write({ [path]: text.replace(from, to) })
  }
  return {
    ...at,
    edit,
    worsen: () => at.write({ 'evals/context/AGENTS.md': 'Be kind.\n' }),
    async plan(...args) {
      const { stderr } = await at.run('run', 'evals/suite.yaml', '--base', 'main', '--dry-run', ...args)
      return stderr
    },
    async gate(...args) {
      await commit(at, 'change')
      const fast = ['--json', '--isolation', 'none']
      const result = await at.run('run', 'evals/suite.yaml', '--base', 'main', ...fast, ...args)
      if (result.stdout === '') return { ...result, decision: null, open: [], added: [] }
      const { verdict, run } = Answer.parse(JSON.parse(result.stdout))
      const itemsOf = (added: boolean): string[] =>
        run.rules.changes
          .filter(({ change, approved }) => !approved && (change === 'added') === added)
          .map(({ item }) => item)
      return { ...result, decision: verdict.decision, open: itemsOf(false), added: itemsOf(true) }
    },
  }
}

async function commit(at: Place, message: string): Promise<void> {
  await at.git('add', '-A')
  await at.git('commit', '-q', '--allow-empty', '-m', message)
}

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { findAgent } from '../harnesses/testing/real-agent.ts'
import type { ModelApi } from '../model/service.ts'
import { Report } from '../model/report.ts'
import { place, type CliResult, type Place } from '../testing/cli.ts'
import type { Reply, ScriptedCall } from '../rehearsal/script.ts'
import { startModelServer } from '../rehearsal/server.ts'
import { project, suiteText } from '../testing/project.ts'

const guide = 'Numbers are added with a plus sign, and nothing else counts in this house.\n'
const skill =
  '---\nname: signs\ndescription: Which sign belongs to which sum, with examples from this house.\n---\nA plus is written before the second number, always.\n'
const realKey = 'sk-real-0123456789abcdef'

/** Looks around first (what it sees differs from trial to trial), then mends the bug if it was told how. */
function reply(call: ScriptedCall): Reply {
  const isGuided = call.text.includes('added with a plus sign')
  if (call.text.includes('it works')) return { say: 'Done.' }
  if (call.text.includes('looked-around'))
    return {
      think: 'Now I write.',
      tools: [
        {
          run: `printf 'export const add = (a, b) => a ${isGuided ? '+' : '*'} b\\n' > src/add.js; echo it works in "$PWD"; date`,
        },
      ],
    }
  return { say: 'I look.', tools: [{ run: 'pwd; ls -l; date; git log -1; echo $HOME looked-around' }] }
}

const suiteFor = (type: string, bin: string, url: string, api: ModelApi): string =>
  suiteText
    .replace('trials: 3', 'trials: 1')
    .replace('30s', '90s')
    .replace('vary: [context]', 'vary: [context, skills]')
    .replace(
      /setups:\n( {2}.*\n)+/,
      `setups:
  bare:
    harness: { type: ${type}, bin: ${bin} }
    model: m1
    service: { url: "${url}", api: ${api}, key: MODEL_KEY, prices: { m1: { input: 1, cacheRead: 0.1, cacheWrite: 2, output: 10 } } }
  guided: { extends: bare, context: { AGENTS.md: ./context/AGENTS.md }, skills: [./skills/signs] }
`,
    )

const agents: [type: string, program: string, api: ModelApi][] = [
  ['pi', 'pi', 'openai-chat'],
  ['pi', 'pi', 'anthropic'],
  ['codex', 'codex', 'openai-responses'],
  ['gemini-cli', 'gemini', 'gemini'],
  ['opencode', 'opencode', 'openai-chat'],
]

async function reportOf(result: CliResult): Promise<Report> {
  return Report.parse(JSON.parse(result.stdout))
}

async function patches(at: Place, run: string): Promise<Record<string, string>> {
  const folder = join(at.path, '.agent-eval/runs', run, 'trials')
  const names = await readdir(folder, { recursive: true })
  const found = names.filter(name => name.endsWith('patch.diff')).toSorted()
  return Object.fromEntries(
    await Promise.all(found.map(async name => [name, await readFile(join(folder, name), 'utf8')] as const)),
  )
}

describe.each(agents)('%s (%s, %s)', (type, program, api) => {
  const { bin, isMissing, why } = findAgent(program)

  test.skipIf(isMissing)(
    `a recorded run gives the same patches when it is replayed elsewhere, without a service and without a key${why}`,
    { timeout: 180_000 },
    async () => {
      const server = await startModelServer(reply)
      onTestFinished(() => server.close().catch(() => undefined))
      const files = {
        ...project,
        'context/AGENTS.md': guide,
        'skills/signs/SKILL.md': skill,
        'suite.yaml': suiteFor(type, bin, server.access(api).url, api),
      }
      const first = await place(files)
      first.env['MODEL_KEY'] = realKey
      const recorded = await first.run('run', 'suite.yaml', '--record', '--json')
      expect(server.mistakes).toEqual([])
      const report = await reportOf(recorded)
      expect(recorded.stderr).toContain('guided: 2 texts of its own reached the model')
      expect(report.run.summaries.map(({ setup, passed }) => [setup, passed])).toEqual([
        ['bare', 0],
        ['guided', 1],
      ])
      expect(recorded.exitCode).toBe(0)
      const calls = server.calls.length
      await server.close()

      const second = await place(files)
      const folder = join(first.path, '.agent-eval/runs', report.run.id)
      const replayed = await second.run('run', 'suite.yaml', '--replay', folder, '--json')
      const again = await reportOf(replayed)
      expect(again.trials.map(trial => [trial.id, trial.status, trial.remarks])).toEqual(
        report.trials.map(trial => [trial.id, 'graded', []]),
      )
      expect(replayed.exitCode).toBe(0)
      expect(await patches(second, again.run.id)).toEqual(await patches(first, report.run.id))
      expect(again.run.replay).toEqual({ run: report.run.id, folder, mode: 'strict' })
      for (const { attempt } of again.trials) {
        expect(attempt?.metered?.replay).toEqual({ mode: 'strict', diverged: null, unused: 0 })
        expect(attempt?.costSource).toBe('replay')
      }
      const usage = (each: Report): unknown => each.trials.map(({ attempt }) => attempt?.metered?.usage)
      expect(usage(again)).toEqual(usage(report))
      expect(server.calls).toHaveLength(calls)
      const cassette = await readFile(join(folder, 'trials/add/bare/0/cassette.jsonl'), 'utf8')
      expect(cassette).not.toContain(realKey)
      expect(cassette).not.toContain(first.env['AGENT_EVAL_WORK'])
      const words = z.array(z.string()).parse(cassette.match(/\{\{agent-eval:WORKSPACE\}\}/g))
      expect(words.length).toBeGreaterThan(0)
    },
  )
})

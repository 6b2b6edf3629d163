import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findAgent } from '../harnesses/testing/real-agent.ts'
import type { ModelApi } from '../model/service.ts'
import { chooseSandbox } from '../sandboxes/index.ts'
import { place } from '../testing/cli.ts'
import type { Script } from '../rehearsal/script.ts'
import { startModelServer } from '../rehearsal/server.ts'
import { project, suiteText } from '../testing/project.ts'

const sandboxWorks = await chooseSandbox('sandbox').then(
  () => true,
  () => false,
)
const level = sandboxWorks ? 'sandbox' : 'none'
const key = 'dummy-key-of-a-test'

const agents: [type: string, program: string, api: ModelApi][] = [
  ['pi', 'pi', 'openai-chat'],
  ['codex', 'codex', 'openai-responses'],
  ['gemini-cli', 'gemini', 'gemini'],
]

async function run(type: string, program: string, api: ModelApi, script: Script) {
  const server = await startModelServer(script, { observed: model => `${model}-2026` })
  try {
    const at = await place({
      ...project,
      'suite.yaml': suiteText.replace('trials: 3', 'trials: 1').replace(
        /setups:\n(  .*\n)+vary.*\n/,
        `setups:
  real:
    harness: { type: ${type}, bin: ${findAgent(program).bin} }
    service: { url: "${server.access(api).url}", key: MODEL_KEY, prices: { m1-2026: { input: 1, cacheRead: 0.1, output: 4 } } }
    model: m1
    context: { AGENTS.md: ./context/AGENTS.md }
`,
      ),
    })
    at.env['MODEL_KEY'] = key
    const result = await at.run('run', 'suite.yaml', '--isolation', level, '--json')
    if (!result.stdout.startsWith('{')) throw new Error(result.stderr)
    const report = JSON.parse(result.stdout)
    const kept = await textsIn(join(at.path, '.agent-eval'))
    return { server, result, report, trial: report.trials[0], kept }
  } finally {
    await server.close()
  }
}

async function textsIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('\n')
}

describe.each(agents)(
  `run, from the suite to the verdict at isolation ${level}, the real %s`,
  (type, program, api) => {
    const { isMissing, why } = findAgent(program)

    it.skipIf(isMissing)(
      `through the gateway, which knows what was reported and keeps the key${why}`,
      async () => {
        const { server, result, report, trial, kept } = await run(type, program, api, [
          { think: 'A minus.', run: "printf 'export const add = (a, b) => a + b\\n' > src/add.js" },
          { say: 'Plus it is.' },
        ])
        expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('1 of 1') })
        expect(report.run.isolation.level).toBe(level)
        expect(trial.remarks).toEqual([])
        const reported = server.usage()
        // The gateway takes a class that an API does not have for none.
        const usage = reported && { ...reported, cacheWriteTokens: 0 }
        expect(trial).toMatchObject({
          status: 'graded',
          pass: true,
          attempt: {
            stop: 'finished',
            turns: 2,
            toolCalls: 1,
            requestedModel: 'm1',
            observedModel: 'm1-2026',
            usage,
            metered: { calls: 2, failed: 0, models: ['m1-2026'], usage },
            claimed: { usage: { inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens } },
            costSource: 'prices',
            agentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
          outcome: { changedFiles: ['src/add.js'] },
        })
        // What the setup says reached the model; the key reached it, and nothing that is kept.
        expect(server.calls[0]?.text).toContain('Plus adds.')
        expect(JSON.stringify(server.calls[0]?.headers)).toContain(key)
        expect(kept).toContain('Plus it is.')
        expect(kept + result.stdout + result.stderr).not.toContain(key)
      },
    )

    it.skipIf(isMissing)(`with a key that is refused: the trial is errored, not failed${why}`, async () => {
      const { trial, result } = await run(type, program, api, [{ status: 401, message: 'Incorrect API key' }])
      expect(trial).toMatchObject({
        status: 'errored',
        phase: 'attempt',
        attempt: { stop: 'refused', turns: 0 },
      })
      expect(result.exitCode).toBe(4)
    })
  },
)

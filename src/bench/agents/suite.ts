import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ModelServer } from '../../rehearsal/server.ts'
import type { Bench } from '../bench.ts'
import { model, prompt, type MeasuredAgent } from './agents.ts'

export const keyName = 'AGENT_EVAL_BENCH_KEY'

/** Writes a suite of one task with two setups: the agent, and `idle`, which does the same without any agent. Returns its file. */
export async function writeSuite(agent: MeasuredAgent, server: ModelServer, bench: Bench): Promise<string> {
  const { path, commit } = await bench.repository('small')
  const file = join(bench.folder(`suite-${agent.name}`), 'suite.yaml')
  const suite = {
    suite: 'bench',
    limits: { timeout: '5m' },
    sources: { repository: { git: path, commit } },
    setups: {
      agent: {
        harness: { type: agent.name, bin: agent.bin },
        model,
        service: { url: server.access(agent.api).url, api: agent.api, key: keyName },
      },
      idle: { harness: { type: 'command', run: 'echo done > done.txt' } },
    },
    tasks: [{ id: 'work', prompt, graders: [{ type: 'files', exists: ['done.txt'] }] }],
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(suite))
  return file
}

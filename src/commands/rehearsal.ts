import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plan } from '../core/plan.ts'
import type { AgentCanary } from '../model/agent-canary.ts'
import { pick } from '../registry.ts'
import type { ModelServer } from '../rehearsal/server.ts'
import { answerFile, canaryWord, questionFile } from '../trial/canary.ts'
import { toContent, writeTree } from '../util/file-tree.ts'
import { runCanaries } from './canaries.ts'
import type { Io } from './io.ts'
import { families, load, sandboxFor } from './wiring.ts'

/** Where the gateway takes its key from: any will do. */
const keyName = 'AGENT_EVAL_REHEARSAL_KEY'
const model = 'rehearsal'

/**
 * Lets agents fly their canary against a scripted model on loopback, as trials would: through the gateway, in the best sandbox
 * that works here. By harness. Null when interrupted. Nothing is left on the disk.
 */
export async function rehearse(
  agents: readonly string[],
  io: Io,
): Promise<Record<string, AgentCanary> | null> {
  if (agents.length === 0) return {}
  const [{ startModelServer }, { canaryScript }] = await Promise.all([
    import('../rehearsal/server.ts'),
    import('../rehearsal/canary-script.ts'),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-rehearsal-'))
  const servers = new Map<string, ModelServer>()
  try {
    const files = { question: questionFile, answer: answerFile }
    for (const name of agents) servers.set(name, await startModelServer(canaryScript(files, canaryWord)))
    await writeTree(folder, {
      'suite.yaml': textFile(JSON.stringify(suiteOf(servers))),
      'repository/README.md': textFile('A repository to rehearse in.\n'),
    })
    const place = { ...io, env: { ...io.env, AGENT_EVAL_CACHE: join(folder, 'cache') } }
    const suite = await load(join(folder, 'suite.yaml'), place)
    const sandbox = await sandboxFor(null)
    const canaries = await runCanaries({ suite, specs: plan(suite), sandbox, images: {} }, place)
    return (
      canaries &&
      Object.fromEntries(
        Object.entries(canaries).map(([name, canary]) => [name, explained(canary, servers.get(name))]),
      )
    )
  } finally {
    await Promise.all([...servers.values()].map(server => server.close()))
    await rm(folder, { recursive: true, force: true })
  }
}

function suiteOf(servers: ReadonlyMap<string, ModelServer>): unknown {
  const setups = [...servers].map(([type, server]) => {
    const api = pick(families.harnesses, type, 'harness').apis?.[0] ?? 'openai-chat'
    return [
      type,
      {
        harness: { type },
        model,
        service: { url: server.access(api).url, api, key: keyName },
        env: [`${keyName}=none-is-needed`],
        network: 'model',
      },
    ] as const
  })
  return {
    suite: 'rehearsal',
    sources: { repository: { folder: './repository' } },
    setups: Object.fromEntries(setups),
    // What canaries are asked stands with them; a suite has at least one task.
    tasks: [{ id: 'canary', prompt: 'none', graders: [{ type: 'files', exists: [answerFile] }] }],
  }
}

/** A model that follows a script can only say what it lacked. */
function explained(canary: AgentCanary, server: ModelServer | undefined): AgentCanary {
  const lacked = [...new Set(server?.mistakes)]
  if (canary.ok || lacked.length === 0) return canary
  return { ...canary, message: [canary.message, ...lacked].join('\n') }
}

function textFile(text: string): ReturnType<typeof toContent> {
  return toContent(Buffer.from(text), false)
}

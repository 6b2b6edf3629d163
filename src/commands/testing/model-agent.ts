import { onTestFinished } from 'vitest'
import { place, type Place } from '../../testing/cli.ts'
import type { Reply, ScriptedCall } from '../../testing/model-server/script.ts'
import { startModelServer, type ModelServer } from '../../testing/model-server/server.ts'
import { project, suiteText } from '../../testing/project.ts'

export const guide = 'Numbers are added with a plus sign, and nothing else counts in this house.\n'

/** An agent in the open: asks for a title, then lets its model work with one tool. MANNER tells it what else to say. */
const agentCode = `
const { execSync } = require('node:child_process')
const { existsSync, readFileSync } = require('node:fs')
const { MANNER = '', OPENAI_BASE_URL, OPENAI_API_KEY, AGENT_EVAL_PROMPT, AGENT_EVAL_MODEL } = process.env
async function ask(body) {
  const answer = await fetch(OPENAI_BASE_URL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + OPENAI_API_KEY, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const { choices, error } = await answer.json()
  if (error) throw new Error(answer.status + ': ' + error.message)
  return choices[0].message
}
(async () => {
  const guide = MANNER !== 'deaf' && existsSync('AGENTS.md') ? readFileSync('AGENTS.md', 'utf8') : ''
  await ask({ model: 'small', messages: [{ role: 'user', content: 'A title for: ' + AGENT_EVAL_PROMPT }] })
  const messages = [
    { role: 'system', content: 'You work in ' + process.cwd() + '. ' + guide + MANNER },
    { role: 'user', content: AGENT_EVAL_PROMPT },
  ]
  const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } } }]
  for (;;) {
    const said = await ask({ model: AGENT_EVAL_MODEL, messages, tools })
    messages.push(said)
    if (!said.tool_calls) return
    for (const { id, function: { arguments: input } } of said.tool_calls)
      messages.push({ role: 'tool', tool_call_id: id, content: execSync(JSON.parse(input).command).toString() })
  }
})().catch(error => { console.error(error.message); process.exit(1) })
`

/** The model mends the bug where it was told how. */
function reply(call: ScriptedCall): Reply {
  if (call.model === 'small') return { say: 'Adding' }
  if (call.text.includes('"tool_call_id"')) return { say: 'Done.' }
  const sign = call.text.includes('added with a plus sign') ? '+' : '*'
  return {
    say: 'I mend it.',
    tools: [{ run: `printf 'export const add = (a, b) => a ${sign} b\\n' > src/add.js; pwd` }],
  }
}

export interface World {
  at: Place
  server: ModelServer
}

export interface Wishes {
  /** YAML of the keys besides those that both setups have. */
  bare?: string
  guided?: string
}

/** A suite of two setups, of which one has context, and a model server that its agent goes to. */
export async function modelWorld({ bare = '', guided = '' }: Wishes = {}): Promise<World> {
  const server = await startModelServer(reply)
  onTestFinished(() => server.close().catch(() => undefined))
  const at = await place({
    ...project,
    'context/AGENTS.md': guide,
    'agent.sh': `#!/bin/sh\nexec node - <<'END'\n${agentCode}\nEND\n`,
    'suite.yaml': suiteText
      .replace('trials: 3', 'trials: 1')
      .replace('vary: [context]', 'vary: [context, env]')
      .replace(
        /setups:\n( {2}.*\n)+/,
        `setups:
  bare:
    harness: { type: command, run: [./agent.sh] }
    model: m1
    service: { url: "${server.access('openai-chat').url}", api: openai-chat, key: MODEL_KEY, prices: { m1: { input: 1, cacheRead: 0.1, cacheWrite: 1, output: 10 }, small: { input: 1, cacheRead: 1, cacheWrite: 1, output: 1 } } }
    ${bare}
  guided: { extends: bare, context: { AGENTS.md: ./context/AGENTS.md }, ${guided} }
`,
      ),
  })
  return { at, server }
}

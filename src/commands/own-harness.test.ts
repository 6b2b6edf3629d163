import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { startModelServer, sumOf } from '../rehearsal/server.ts'
import { place } from '../testing/cli.ts'
import { project, suiteText } from '../testing/project.ts'

const root = join(import.meta.dirname, '../..')

/** The CLI that the README imagines. */
const squirrel = `#!/usr/bin/env node
const { execSync } = require('node:child_process')
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
if (process.argv[2] === '--version') { console.log('squirrel 1.2.3'); process.exit(0) }
const { HOME, SQUIRREL_API_KEY, SQUIRREL_USAGE_FILE } = process.env
if (!existsSync(HOME + '/.squirrel/config.json')) throw new Error('squirrel was never set up')
const option = name => process.argv[process.argv.indexOf(name) + 1]
const tell = event => console.log(JSON.stringify(event))
const tools = [{ type: 'function', function: { name: 'bash', parameters: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] } } }]
const messages = [{ role: 'user', content: readFileSync(0, 'utf8') }]
const used = { input: 0, cached: 0, output: 0 }
;(async () => {
  tell({ type: 'hello' })
  for (;;) {
    const answer = await fetch(option('--base-url') + '/chat/completions', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + SQUIRREL_API_KEY },
      body: JSON.stringify({ model: option('--model'), messages, tools }),
    })
    const body = await answer.json()
    if (!answer.ok) { tell({ type: 'error', message: answer.status + ' ' + body.error.message }); break }
    const { model, usage, choices: [{ message }] } = body
    used.input += usage.prompt_tokens
    used.cached += usage.prompt_tokens_details.cached_tokens
    used.output += usage.completion_tokens
    tell({ type: 'answer', text: message.content ?? '', model })
    messages.push(message)
    if (!message.tool_calls) break
    for (const { id, function: { name, arguments: text } } of message.tool_calls) {
      const input = JSON.parse(text)
      tell({ type: 'tool', id, name, input })
      const output = execSync(input.command).toString()
      tell({ type: 'result', id, output, failed: false })
      messages.push({ role: 'tool', tool_call_id: id, content: output })
    }
  }
  writeFileSync(SQUIRREL_USAGE_FILE, JSON.stringify(used))
})()
`

/** A TypeScript block of the README by the path in its first line. */
async function block(path: string): Promise<string> {
  const text = await readFile(join(root, 'README.md'), 'utf8')
  const found = text.split('```ts\n').find(part => part.startsWith(`// ${path}\n`))
  if (found === undefined) throw new Error(`the README shows no ${path}`)
  return found.slice(0, found.indexOf('```'))
}

test('the harness that the README shows compiles, proves itself, and is driven by a run through the gateway', async () => {
  const at = await place({ ...project, 'bin/squirrel.sh': squirrel })
  await symlink(join(at.path, 'bin/squirrel.sh'), join(at.path, 'bin/squirrel'))
  at.env['PATH'] = `${join(at.path, 'bin')}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/bin`

  // What the README says: a file, a line, a build.
  const tree = join(dirname(at.path), 'tree')
  for (const name of ['src', 'package.json', 'tsconfig.json'])
    await cp(join(root, name), join(tree, name), { recursive: true })
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'))
  await writeFile(join(tree, 'src/harnesses/squirrel.ts'), await block('src/harnesses/squirrel.ts'))
  const index = join(tree, 'src/harnesses/index.ts')
  const line = /^import .*$/m.exec(await block('src/harnesses/index.ts'))?.[0] ?? ''
  const registry = (await readFile(index, 'utf8')).replace(/\n} satisfies/, '\n  squirrel,\n} satisfies')
  await writeFile(index, `${line}\n${registry}`)
  await execa('npx', ['tsc', '--noEmit'], { cwd: tree })
  await execa('node', ['src/build.mjs'], { cwd: tree })
  const run = (...args: string[]) =>
    execa('node', [join(tree, 'dist/cli.js'), ...args], { cwd: at.path, env: at.env, reject: false })

  const { checks } = JSON.parse((await run('doctor', '--json')).stdout)
  expect(checks).toContainEqual({
    group: 'agents',
    name: 'squirrel',
    state: 'ok',
    message: '1.2.3: proven, a word came back through its tools, in 3 model calls',
  })

  const server = await startModelServer([
    { run: `echo 'export const add = (a, b) => a + b' > src/add.js` },
    { say: 'Plus it is.' },
    { status: 401, message: 'no more' },
  ])
  onTestFinished(() => server.close())
  await at.write({
    'suite.yaml': suiteText.replace('trials: 3', 'trials: 2').replace(
      /setups:\n( {2}.*\n)+vary.*\n/,
      `setups:
  own: { harness: squirrel, model: m1, service: { url: "${server.access('openai-chat').url}", key: MODEL_KEY } }
`,
    ),
  })
  at.env['MODEL_KEY'] = 'dummy-key-of-a-test'
  const { stdout, stderr } = await run('run', 'suite.yaml', '--concurrency', '1', '--json')
  if (!stdout.startsWith('{')) throw new Error(stderr)
  const [good, refused] = JSON.parse(stdout).trials
  const { inputTokens, cacheReadTokens, outputTokens } = sumOf(server.calls.slice(0, 2)) ?? {}
  const usage = { inputTokens, cacheReadTokens, outputTokens }
  expect(good).toMatchObject({
    pass: true,
    attempt: {
      stop: 'finished',
      agentVersion: '1.2.3',
      observedModel: 'm1',
      turns: 2,
      toolCalls: 1,
      metered: { calls: 2 },
      claimed: { usage },
    },
  })
  expect(refused).toMatchObject({ status: 'errored', attempt: { stop: 'refused', toolCalls: 0 } })
  expect(refused.message).toContain('401')
  const shown = await run('show', 'add/own/0')
  expect(shown.stdout).toContain('Plus it is.')
  expect(shown.stdout).toContain('src/add.js')
})

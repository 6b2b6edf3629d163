import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecRequest } from '../../contracts.ts'
import { harnesses } from '../../harnesses/index.ts'
import type { ModelServer } from '../../rehearsal/server.ts'
import { exec } from '../../util/exec.ts'
import { privateEnvironment } from '../../util/git-environment.ts'
import { cleanEnv } from '../../util/host-env.ts'
import { filesOfFolder } from '../../workspaces/files.ts'
import type { Bench } from '../bench.ts'
import type { Strategy } from '../interleave.ts'
import { model, prompt, type MeasuredAgent } from './agents.ts'

/**
 * The agent by itself: the same program with the same arguments, files in HOME and environment as in a trial, started in a plain
 * folder, with the model server as its service. What that is, its harness tells in a first attempt.
 */
export async function bareUse(agent: MeasuredAgent, server: ModelServer, bench: Bench): Promise<Strategy> {
  const root = bench.folder(`bare-${agent.name}`)
  const [workspace, home, logs, kept] = ['workspace', 'home', 'logs', 'kept'].map(name => join(root, name))
  if (!workspace || !home || !logs || !kept) throw new Error('four folders were named')
  const repository = await bench.repository('small')
  const gitEnv = privateEnvironment()
  const renew = (): void => {
    for (const folder of [workspace, home, logs]) rmSync(folder, { recursive: true, force: true })
    // As anybody has it who uses the agent there.
    execFileSync('git', ['clone', '-q', '--local', repository.path, workspace], {
      env: gitEnv,
      stdio: 'ignore',
    })
    execFileSync('git', ['-C', workspace, 'checkout', '-q', repository.commit], {
      env: gitEnv,
      stdio: 'ignore',
    })
    mkdirSync(logs)
  }
  renew()
  mkdirSync(home)

  let request: ExecRequest | null = null
  const harness = harnesses[agent.name]
  const config = harness.config.parse({ bin: agent.bin })
  const { attempt } = await harness.run(
    {
      trial: { id: 'bare/bare/0', task: 'bare', setup: 'bare', index: 0, seed: 0 },
      prompt,
      workspace,
      workspaceFiles: filesOfFolder(workspace),
      home,
      logs,
      model,
      effort: null,
      mcp: {},
      service: server.access(agent.api),
      env: cleanEnv(process.env, { home, temporary: root }),
      limits: { timeoutMs: 300_000, maxCostUsd: null, maxTurns: null },
      files: {},
      exec: asked => {
        if (!asked.command.includes('--version')) {
          request = asked
          cpSync(home, kept, { recursive: true })
        }
        return exec(asked)
      },
      image: null,
      signal: new AbortController().signal,
    },
    config,
  )
  if (attempt.stop !== 'finished' || !request) throw new Error(`${agent.name}: ${attempt.message}`)
  const { command, env, stdin } = request
  return {
    name: 'bare',
    async before() {
      renew()
      cpSync(kept, home, { recursive: true })
    },
    run: () => start(command, { workspace, env, stdin: typeof stdin === 'string' ? stdin : '', logs }),
    async after() {
      const done = readFileSync(join(workspace, 'done.txt'), 'utf8')
      if (done !== 'done\n') throw new Error(`${agent.name} by itself did not do its work`)
    },
  }
}

function start(
  command: ExecRequest['command'],
  { workspace, env, stdin, logs }: Record<'workspace' | 'stdin' | 'logs', string> & Pick<ExecRequest, 'env'>,
): Promise<void> {
  const [program = '', ...args] = command
  const [out, err] = [openSync(join(logs, 'out'), 'w'), openSync(join(logs, 'err'), 'w')]
  const child = spawn(program, args, { cwd: workspace, env, stdio: ['pipe', out, err] })
  child.stdin?.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      closeSync(out)
      closeSync(err)
      if (code === 0) resolve()
      else reject(new Error(`${program}: exit code ${code}\n${readFileSync(join(logs, 'err'), 'utf8')}`))
    })
  })
}

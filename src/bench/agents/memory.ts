import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Bench } from '../bench.ts'
import { median } from '../interleave.ts'
import { amountLine, number, type Line } from '../line.ts'
import type { MeasuredAgent } from './agents.ts'
import { keyName } from './suite.ts'

const megabyte = 1024 * 1024

/** What the program's own process holds at most in a run of the agent, beyond one of the same length without an agent. */
export async function memory(agent: MeasuredAgent, file: string, bench: Bench): Promise<Line> {
  const peaks = new Map<string, number[]>([
    ['agent', []],
    ['idle', []],
  ])
  const rounds = Math.max(3, Math.ceil(bench.rounds / 3))
  for (let round = 0; round < rounds; round += 1)
    for (const setup of round % 2 === 0 ? ['agent', 'idle'] : ['idle', 'agent'])
      peaks.get(setup)?.push(await peakOf(file, setup, bench))
  const [most, least] = [median(peaks.get('agent') ?? []), median(peaks.get('idle') ?? [])]
  return amountLine({
    what: `${agent.name}: peak memory of the program beyond an idle run`,
    measured: `${number(most / megabyte)} MB with ${agent.name}`,
    reference: `${number(least / megabyte)} MB with a shell line, median of ${rounds}`,
    value: (most - least) / megabyte,
    unit: 'MB',
    atMost: 20,
  })
}

/** Looked at all along, as the last look before the end holds the peak. */
async function peakOf(file: string, setup: string, bench: Bench): Promise<number> {
  const args = ['run', file, '--setup', setup, '--trials', '4', '--concurrency', '1']
  const { cacheRoot, workRoot } = bench.roots
  const child = spawn(process.execPath, [bench.cli, ...args, '--isolation', bench.sandbox.isolation.level], {
    cwd: dirname(file),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      AGENT_EVAL_CACHE: cacheRoot,
      AGENT_EVAL_WORK: workRoot,
      [keyName]: 'none-is-needed',
    },
  })
  let complaint = ''
  child.stderr?.on('data', chunk => (complaint += String(chunk)))
  let peakBytes = 0
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakSoFar(child.pid))
  }, 20)
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  if (code !== 0 || peakBytes === 0)
    throw new Error(`agent-eval run: exit code ${String(code)}\n${complaint}`)
  return peakBytes
}

/** 0 once the process is gone. */
function peakSoFar(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

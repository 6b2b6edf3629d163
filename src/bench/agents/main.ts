import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { startModelServer } from '../../rehearsal/server.ts'
import { openBench, type Bench } from '../bench.ts'
import { interleave } from '../interleave.ts'
import { number, times, type Line } from '../line.ts'
import { table } from '../table.ts'
import { command, installedAgents, type MeasuredAgent } from './agents.ts'
import { bareUse } from './bare.ts'
import { memory } from './memory.ts'
import { writeSuite } from './suite.ts'
import { trials } from './trials.ts'

const atMost = 1.05

/**
 * What a trial of a real agent costs beyond the bare use of the same agent with the same model server: time, CPU and memory.
 * Returns the exit code: it tells only whether something failed, never that something was slow.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 15))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds: expected a whole number from 1')
  const agents = installedAgents()
  const bench = await openBench({ quick: true, rounds })
  const stop = (): void => {
    bench.close()
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const lines: Line[] = []
    for (const agent of agents) lines.push(...(await measure(agent, bench)))
    process.stdout.write(`${table([{ row: 'agents', lines }])}\n`)
    process.stdout.write(
      `medians of ${rounds} interleaved rounds; CPU by ${bench.cpu.way}; load ${loadavg().map(number).join(' ')}\n`,
    )
    return 0
  } finally {
    bench.close()
  }
}

async function measure(agent: MeasuredAgent, bench: Bench): Promise<Line[]> {
  // Each use asks twice.
  const server = await startModelServer((_, index) => (index % 2 === 0 ? { run: command } : { say: 'Done.' }))
  try {
    const file = await writeSuite(agent, server, bench)
    const bare = await bareUse(agent, server, bench)
    const { strategy, close } = await trials(file, bench)
    try {
      const measured = await interleave(bench, [bare, strategy])
      const [alone, trial] = [measured(bare), measured(strategy)]
      const line = (what: string, unit: 'wallMs' | 'cpuMs'): Line => {
        const value = trial[unit] / alone[unit]
        return {
          what: `${agent.name}: ${what} of a trial`,
          measured: times(trial),
          reference: `bare: ${times(alone)}`,
          value,
          shown: `+${number((value - 1) * 100)} % (${number(trial[unit] - alone[unit])} ms)`,
          goal: unit === 'wallMs' ? '<= 5 %' : '-',
          reached: unit === 'wallMs' ? value <= atMost : null,
          wrong: null,
        }
      }
      return [line('wall time', 'wallMs'), line('CPU time', 'cpuMs'), await memory(agent, file, bench)]
    } finally {
      await close()
    }
  } finally {
    await server.close()
  }
}

process.exitCode = await main()

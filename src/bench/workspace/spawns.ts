import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { nothing, type Cycles } from '../cycle.ts'
import { interleave, type Strategy } from '../interleave.ts'
import { amountLine, number, times, type Line } from '../line.ts'
import { output, run } from '../spawn.ts'
import { often, wholeStrategy } from './ready.ts'

/** What a workspace in a sandbox costs over starting the agent and nothing else. */
export async function spawns(bench: Bench): Promise<Line[]> {
  const ours = await wholeStrategy(bench, 'small')
  const bare: Strategy = { name: 'bare spawn', run: () => run(nothing[0] ?? '', []) }
  const measured = await interleave(often(bench), [ours, bare])
  const value = measured(ours).cpuMs - measured(bare).cpuMs
  return [
    amountLine({
      what: 'CPU of set-up + teardown over a bare spawn',
      measured: `${times(measured(ours))}, ${number(measured(ours).extra ?? Number.NaN)} ms CPU of it in Node`,
      reference: `bare spawn: ${times(measured(bare))}`,
      value,
      unit: 'ms',
      atMost: 8,
    }),
    await countedSpawns(bench),
  ]
}

async function countedSpawns(bench: Bench): Promise<Line> {
  const what = 'process spawns over a bare spawn'
  const tracer = await output('/bin/sh', ['-c', 'command -v strace']).catch(() => '')
  if (tracer === '')
    return {
      what,
      measured: 'not counted: there is no strace',
      reference: '-',
      value: Number.NaN,
      shown: '?',
      goal: '<= 4',
      reached: null,
      wrong: null,
    }
  await bench.prepared('small')
  const cycles = 10
  const [one, many] = [await traced(bench, 1), await traced(bench, 1 + cycles)]
  // The agent itself is one of each.
  const made = (many.made - one.made) / cycles - 1
  const executed = (many.executed - one.executed) / cycles - 1
  return amountLine({
    what,
    measured: `${number(made)} processes made, ${number(executed)} programs executed`,
    reference: 'bare spawn: 1 and 1',
    value: Math.max(made, executed),
    unit: '',
    atMost: 4,
  })
}

/** How many processes a process of ours makes, and programs it executes, for a number of workspaces. */
async function traced(bench: Bench, count: number): Promise<{ made: number; executed: number }> {
  const { path, commit } = await bench.repository('small')
  // A process that ends leaves to others what it threw away last, and nobody would come for it in the folder of this one.
  const roots = { ...bench.roots, workRoot: bench.folder('cycles') }
  const cycles: Cycles = { roots, repository: { path, commit }, count }
  const log = join(bench.folder('trace'), 'trace')
  const calls = 'trace=execve,clone,clone3,fork,vfork'
  const self = process.argv[1] ?? ''
  await run('strace', [
    '-f',
    '-o',
    log,
    '-e',
    calls,
    process.execPath,
    self,
    '--cycles',
    JSON.stringify(cycles),
  ])
  if (!existsSync(log)) throw new Error('strace wrote nothing')
  const lines = readFileSync(log, 'latin1')
    .split('\n')
    // Of a call that others interrupt the second line has the result.
    .filter(line => /= \d+$/.test(line))
  return {
    made: lines.filter(line => /(clone3?|v?fork)( resumed|\()/.test(line) && !isThread(line)).length,
    executed: lines.filter(line => /execve( resumed|\()/.test(line)).length,
  }
}

function isThread(line: string): boolean {
  return line.includes('CLONE_THREAD')
}

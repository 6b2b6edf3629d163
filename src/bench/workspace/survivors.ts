import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { nothingPlaced, type Bench } from '../bench.ts'
import { execIn } from '../cycle.ts'
import { median } from '../interleave.ts'
import { amountLine, number, type Line } from '../line.ts'
import { sleepers, sleepMarker, waitUntil } from '../processes.ts'
import { openSuite } from '../suite.ts'

const atOnce = 8
/** On a machine that is too slow for all of them, fewer are killed: the line says how many. */
const longestMs = 15 * 60_000
/** Of each agent, when all have started. */
const processesEach = 5

/** An agent whose processes leave its group and session, lose their parents, and clear their environment. */
const agent = (marker: string): string =>
  `sleep ${marker} & setsid sleep ${marker} &
   (setsid env -i /bin/sh -c 'sleep ${marker} & sleep ${marker}' &)
   sleep ${marker}; exit 0`

/** Processes that are left of killed trials, and how long the last one lives. */
export async function survivors(bench: Bench): Promise<Line[]> {
  const times: number[] = []
  const markers = new Set<string>()
  let killed = 0
  for (const start = performance.now(); killed < bench.counts.killed; killed = markers.size) {
    if (performance.now() - start > longestMs) break
    times.push(await killBatch(bench, Math.min(atOnce, bench.counts.killed - killed), markers))
  }
  await bench.settle()
  const left = sleepers(markers)

  const program = await killProgram(bench)
  return [
    survivorLine(`survivors of ${killed} killed trials`, killed * processesEach, left),
    amountLine({
      what: `time until all of ${atOnce} killed trials are gone`,
      measured: `median of ${times.length} batches, most ${number(Math.max(...times))} ms`,
      value: median(times),
      unit: 'ms',
      atMost: 50,
    }),
    survivorLine(
      'survivors of SIGKILL to the program',
      program.times.length * atOnce * processesEach,
      program.left,
    ),
    amountLine({
      what: `the same: time until all of ${atOnce} trials are gone`,
      measured: `median of ${program.times.length}`,
      value: median(program.times),
      unit: 'ms',
      atMost: 50,
    }),
  ]
}

function survivorLine(what: string, started: number, left: number): Line {
  return amountLine({
    what,
    measured: `of ${started} processes`,
    value: left,
    unit: '',
    atMost: 0,
    wrong: left === 0 ? null : 'processes survive',
  })
}

/** How long the processes of the batch live on after it is told to end, in milliseconds. */
async function killBatch(bench: Bench, count: number, markers: Set<string>): Promise<number> {
  const prepared = await bench.prepared('small')
  const abort = new AbortController()
  const batch = Array.from({ length: count }, () => sleepMarker())
  for (const marker of batch) markers.add(marker)
  const workspaces = await Promise.all(batch.map(() => bench.workspaces.create(prepared, nothingPlaced)))
  const running = Promise.all(
    workspaces.map((workspace, at) =>
      execIn(bench.sandbox, workspace, agent(batch[at] ?? ''), { signal: abort.signal }),
    ),
  )
  const wanted = new Set(batch)
  const all = await waitUntil(() => sleepers(wanted) === count * processesEach)
  const started = sleepers(wanted)
  const start = performance.now()
  abort.abort()
  // Those that do not end are counted as survivors.
  await waitUntil(() => sleepers(wanted) === 0, 10_000)
  const goneMs = performance.now() - start
  await running
  await Promise.all(workspaces.map(workspace => workspace.dispose()))
  if (all === null) throw new Error(`of ${count * processesEach} processes ${started} started`)
  return goneMs
}

async function killProgram(bench: Bench): Promise<{ left: number; times: number[] }> {
  const times: number[] = []
  let left = 0
  for (let round = 0; round < Math.min(bench.rounds, 5); round += 1) {
    const marker = sleepMarker()
    const wanted = new Set([marker])
    const suite = await openSuite(bench, { size: 'small', agent: agent(marker), atOnce: true })
    const program = suite.start(atOnce)
    const ended = once(program, 'exit')
    const all = await waitUntil(() => sleepers(wanted) === atOnce * processesEach)
    const start = performance.now()
    program.kill('SIGKILL')
    await ended
    await waitUntil(() => sleepers(wanted) === 0, 10_000)
    times.push(performance.now() - start)
    left += sleepers(wanted)
    if (all === null) throw new Error('not all agents of the run started')
  }
  return { left, times }
}

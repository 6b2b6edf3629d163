import { once } from 'node:events'
import type { Bench } from './bench.ts'
import { sleepers, sleepMarker, waitUntil } from './processes.ts'
import { openSuite, type SuiteRun } from './suite.ts'

/** What `look` finds of a run of the program while so many of its agents sleep. The run is killed afterwards. */
export async function whileSleeping<Found>(
  bench: Bench,
  count: number,
  look: (suite: SuiteRun) => Promise<Found> | Found,
): Promise<Found> {
  const marker = sleepMarker()
  const markers = new Set([marker])
  const suite = await openSuite(bench, { size: 'small', agent: ['sleep', marker], atOnce: true })
  const program = suite.start(count)
  const ended = once(program, 'exit')
  try {
    const asleep = await waitUntil(() => sleepers(markers) === count)
    if (asleep === null) throw new Error(`of ${count} agents ${sleepers(markers)} started`)
    return await look(suite)
  } finally {
    program.kill('SIGKILL')
    await ended
    await waitUntil(() => sleepers(markers) === 0)
  }
}

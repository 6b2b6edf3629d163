import pLimit from 'p-limit'
import type { Bench } from '../bench.ts'
import { readyWorkspace } from '../cycle.ts'
import { interleave, type Strategy } from '../interleave.ts'
import { amountLine, ratioLine, type Line } from '../line.ts'

const atOnce = 32

/** Many workspaces at once against one after the other. */
export async function concurrency(bench: Bench): Promise<Line[]> {
  const prepared = await bench.prepared('small')
  const cycle = async (): Promise<void> =>
    (await readyWorkspace(bench.workspaces, bench.sandbox, prepared)).dispose()
  const all = (limit: number, count: number): Promise<PromiseSettledResult<void>[]> => {
    const next = pLimit(limit)
    return Promise.allSettled(Array.from({ length: count }, () => next(cycle)))
  }
  const strategy = (name: string, limit: number): Strategy => ({
    name,
    run: async () => {
      const failed = (await all(limit, atOnce)).find(result => result.status === 'rejected')
      if (failed) throw failed.reason
    },
    settle: bench.settle,
  })
  const [together, apart] = [strategy('agent-eval', atOnce), strategy(`${atOnce} one after the other`, 1)]
  const measured = await interleave(bench, [together, apart])

  const count = bench.counts.parallel
  const failures = (await all(atOnce, count)).filter(result => result.status === 'rejected')
  await bench.settle()
  return [
    ratioLine(`${atOnce} at once, all of them`, measured(together), measured(apart), {
      atMost: 1,
      goal: '<= 1.0',
    }),
    amountLine({
      what: `failures in ${count} at ${atOnce} at once`,
      measured: `${count - failures.length} of ${count} worked`,
      value: failures.length,
      unit: '',
      atMost: 0,
      wrong: failures[0] ? String(failures[0].reason) : null,
    }),
  ]
}

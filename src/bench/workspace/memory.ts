import type { Bench } from '../bench.ts'
import { nothing } from '../cycle.ts'
import { interleave, median, type Strategy } from '../interleave.ts'
import { amountLine, number, type Line } from '../line.ts'
import { residentBytes } from '../processes.ts'
import { whileSleeping } from '../sleeping.ts'
import { openSuite, type OwnUse } from '../suite.ts'

const many = 64
const megabyte = 1024 * 1024
const outputBytes = 1024 ** 3

/** What the program's process holds for agents that wait, and for one that talks too much. */
export async function memory(bench: Bench): Promise<Line[]> {
  return [await idle(bench), await talkative(bench)]
}

async function idle(bench: Bench): Promise<Line> {
  const counts = [1, many]
  const found = new Map<number, number[]>(counts.map(count => [count, []]))
  for (let round = 0; round < bench.rounds; round += 1)
    for (const count of round % 2 === 0 ? counts : counts.toReversed())
      found.get(count)?.push(await whileSleeping(bench, count, suite => residentBytes(suite.file)))
  const [one, all] = [median(found.get(1) ?? []), median(found.get(many) ?? [])]
  return amountLine({
    what: 'memory per extra idle trial',
    measured: `${number(all / megabyte)} MB with ${many}`,
    reference: `${number(one / megabyte)} MB with 1`,
    value: (all - one) / (many - 1) / megabyte,
    unit: 'MB',
    atMost: 0.5,
  })
}

async function talkative(bench: Bench): Promise<Line> {
  const strategy = async (name: string, agent: string | readonly string[]): Promise<Strategy> => {
    const suite = await openSuite(bench, { size: 'small', agent })
    let use: OwnUse | null = null
    return {
      name,
      run: async () => {
        use = await suite.run(1)
      },
      extra: () => use?.peakBytes ?? Number.NaN,
    }
  }
  const loud = await strategy('1 GB', `head -c ${outputBytes} /dev/zero | tr '\\0' 'x'`)
  const silent = await strategy('nothing', nothing)
  const measured = await interleave(bench, [loud, silent])
  const [most, least] = [measured(loud).extra ?? Number.NaN, measured(silent).extra ?? Number.NaN]
  return amountLine({
    what: 'memory for 1 GB of agent output (peak)',
    measured: `${number(most / megabyte)} MB`,
    reference: `${number(least / megabyte)} MB without output`,
    value: (most - least) / megabyte,
    unit: 'MB',
    atMost: 2,
  })
}

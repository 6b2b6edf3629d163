import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { didYouMean } from '../../util/nearest.ts'
import { openBench, type Bench } from '../bench.ts'
import { Cycles, runCycles } from '../cycle.ts'
import type { Line } from '../line.ts'
import { rows } from './rows.ts'
import { table, type Row } from '../table.ts'

const usage = `npm run bench:workspace -- [--quick] [--only ROW]… [--rounds N] [--json FILE]
  --quick     5 rounds instead of 15, smaller repositories and counts: to try it out
  --only ROW  only this row: ${Object.keys(rows).join(', ')}
  --rounds N  measured rounds of each comparison
  --json FILE also writes all lines there`

/** Measures the rows of the table, and returns the exit code: 1 if something is wrong, whatever the times are. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: Object.keys(rows) },
      rounds: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
      // Of our own: what is traced is a process that does nothing else.
      cycles: { type: 'string' },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  if (values.cycles !== undefined) {
    await runCycles(Cycles.parse(JSON.parse(values.cycles)))
    return 0
  }
  const rounds = Number(values.rounds ?? (values.quick ? 5 : 15))
  if (!Number.isInteger(rounds) || rounds < 1) return refuse('--rounds: expected a whole number from 1')
  for (const name of values.only) {
    if (name in rows) continue
    return refuse(`--only ${name}: there is no such row${didYouMean(name, Object.keys(rows))}`)
  }

  const bench = await openBench({ quick: values.quick, rounds })
  const stop = (): void => {
    bench.close()
    process.exit(130)
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  try {
    const measured: Row[] = []
    for await (const row of measure(values.only, bench)) {
      measured.push(row)
      // Each as soon as it is known: all of them take long.
      if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, null, 2)}\n`)
    }
    process.stdout.write(`\n${table(measured)}\n`)
    return measured.some(({ lines }) => lines.some(line => line.wrong !== null)) ? 1 : 0
  } finally {
    bench.close()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

async function* measure(names: readonly string[], bench: Bench): AsyncGenerator<Row> {
  const { workspaces, sandbox, rounds, cpu } = bench
  tell(
    `${workspaces.kind} workspaces, isolation ${sandbox.isolation.level}; n = ${rounds}; CPU by ${cpu.way}`,
  )
  for (const name of names) {
    const start = performance.now()
    const lines = (await rows[name]?.(bench).catch((error: unknown) => [failure(error)])) ?? []
    const load = loadavg().map(value => value.toFixed(1))
    tell(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s, load ${load.join(' ')}`)
    yield { row: name, lines }
  }
}

/** A row that could not be measured, in the place of its lines. */
function failure(error: unknown): Line {
  return {
    what: 'could not be measured',
    measured: '-',
    reference: '-',
    value: Number.NaN,
    shown: '?',
    goal: '-',
    reached: null,
    wrong: error instanceof Error ? error.message : String(error),
  }
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function refuse(mistake: string): number {
  tell(`${mistake}\n${usage}`)
  return 2
}

process.exitCode = await main()

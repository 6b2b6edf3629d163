import { parseArgs } from 'node:util'
import { didYouMean } from '../../util/nearest.ts'
import { goalTable, isReached, type Goal } from './goal.ts'
import { efforts, rows } from './rows.ts'

const usage = `npm run bench:verdicts -- [--quick] [--only GOAL]… [--seed N] [--json]
  --quick      fewer sets: to try it out
  --only GOAL  only this one: ${Object.keys(rows).join(', ')}
  --seed N     other suites, other trials (default 1)
  --json       all numbers as JSON instead of a table`

/** Simulates suites of known truth through the real comparison and the real adaptive gate; 1 if a goal is missed for sure. */
function main(): number {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: Object.keys(rows) },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  const seed = Number(values.seed)
  if (!Number.isSafeInteger(seed) || seed < 0)
    return refuse(`--seed ${values.seed}: expected a whole number from 0`)
  const unknown = values.only.find(name => !Object.hasOwn(rows, name))
  if (unknown !== undefined)
    return refuse(`--only ${unknown}: there is no such goal${didYouMean(unknown, Object.keys(rows))}`)

  const effort = { ...(values.quick ? efforts.quick : efforts.full), seed }
  const goals = values.only.flatMap((name): Goal[] => {
    const start = performance.now()
    const measured = rows[name]?.(effort) ?? []
    tell(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
    return measured
  })
  process.stdout.write(values.json ? `${JSON.stringify(goals, null, 2)}\n` : `\n${goalTable(goals)}\n`)
  return goals.some(goal => isReached(goal) === 'NO') ? 1 : 0
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function refuse(mistake: string): number {
  tell(`${mistake}\n${usage}`)
  return 2
}

process.exitCode = main()

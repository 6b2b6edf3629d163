/** One measured number of the table, held against its goal. */
export interface Goal {
  /** `V1` … `V9`. */
  goal: string
  what: string
  measured: number
  unit: '%' | 'points' | 'ms' | ''
  atMost: number | null
  atLeast: number | null
  /** Sets that were simulated; 1 where nothing is left to chance. */
  sets: number
  /** What stands beside it for comparison. */
  beside: string
}

/** `unsure`: missed by less than two standard errors of the simulation. */
export function isReached(goal: Goal): 'yes' | 'unsure' | 'NO' {
  const { measured, atMost, atLeast } = goal
  const missedBy = Math.max(measured - (atMost ?? Infinity), (atLeast ?? -Infinity) - measured)
  if (missedBy <= 0) return 'yes'
  return missedBy <= 2 * (simulationError(goal) ?? 0) ? 'unsure' : 'NO'
}

/** A share of sets, in percent. */
export function percentGoal(
  goal: string,
  what: string,
  counted: { hits: number; sets: number },
  bounds: { atMost?: number; atLeast?: number; beside?: string },
): Goal {
  return {
    goal,
    what,
    measured: (100 * counted.hits) / counted.sets,
    unit: '%',
    atMost: bounds.atMost ?? null,
    atLeast: bounds.atLeast ?? null,
    sets: counted.sets,
    beside: bounds.beside ?? '',
  }
}

/** One standard error of a simulated share, in points; null where the number is no share. */
function simulationError({ measured, unit, sets }: Goal): number | null {
  if (unit !== '%' || sets < 2) return null
  return Math.sqrt((measured * Math.max(0, 100 - measured)) / sets)
}

/** All goals as one table of plain text. */
export function goalTable(goals: readonly Goal[]): string {
  const head = ['goal', 'what', 'measured', 'wanted', 'reached', 'sets', 'beside']
  const cells = goals.map(goal => {
    const error = simulationError(goal)
    const wanted = [
      ...(goal.atLeast === null ? [] : [`>= ${goal.atLeast}`]),
      ...(goal.atMost === null ? [] : [`<= ${goal.atMost}`]),
    ]
    return [
      goal.goal,
      goal.what,
      `${goal.measured.toFixed(1)} ${goal.unit}${error === null ? '' : ` ±${error.toFixed(1)}`}`.trim(),
      wanted.join(', '),
      wanted.length === 0 ? '-' : isReached(goal),
      String(goal.sets),
      goal.beside,
    ]
  })
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map(cell => cell[at]?.length ?? 0)))
  const line = (cell: readonly string[]): string =>
    cell
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...cells.map(line)].join('\n')
}

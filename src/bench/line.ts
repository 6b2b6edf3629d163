import type { Measured } from './interleave.ts'

/** One line of the table. */
export interface Line {
  what: string
  measured: string
  reference: string
  /** What is held against the goal: a ratio of CPU times, or an amount. */
  value: number
  shown: string
  goal: string
  /** Null where this run cannot tell: the repository was a smaller one. */
  reached: boolean | null
  /** What must never be, whatever the machine: a difference, a survivor, a failure. Null if all is right. */
  wrong: string | null
}

/** Compares CPU times of one interleaved run; the ratio of wall times stands beside. */
export function ratioLine(
  what: string,
  ours: Measured,
  reference: Measured,
  { atMost, goal, comparable = true }: { atMost: number; goal: string; comparable?: boolean },
): Line {
  const value = ours.cpuMs / reference.cpuMs
  return {
    what,
    measured: times(ours),
    reference: `${reference.name}: ${times(reference)}`,
    value,
    shown: `${ratio(value)} (wall ${ratio(ours.wallMs / reference.wallMs)})`,
    goal,
    reached: comparable ? value <= atMost : null,
    wrong: null,
  }
}

/** An amount with an upper bound. */
export function amountLine(line: {
  what: string
  measured: string
  reference?: string
  value: number
  unit: string
  atMost: number
  comparable?: boolean
  wrong?: string | null
}): Line {
  const { value, unit, atMost, comparable = true } = line
  return {
    what: line.what,
    measured: line.measured,
    reference: line.reference ?? '-',
    value,
    shown: `${number(value)} ${unit}`.trim(),
    goal: `<= ${atMost} ${unit}`.trim(),
    reached: comparable ? value <= atMost : null,
    wrong: line.wrong ?? null,
  }
}

/** CPU and wall time for people. */
export function times({ cpuMs, wallMs }: Pick<Measured, 'cpuMs' | 'wallMs'>): string {
  return `${number(cpuMs)} ms CPU, ${number(wallMs)} ms wall`
}

/** Small ratios as 1/N, which is how the goals are told. */
export function ratio(value: number): string {
  return value > 0 && value < 0.5 ? `1/${number(1 / value)}` : value.toFixed(2)
}

/** Three digits, and none for large numbers. */
export function number(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2)
}

export function files(count: number): string {
  return `${count.toLocaleString('en')} files`
}

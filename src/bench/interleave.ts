import { performance } from 'node:perf_hooks'
import type { CpuMeter } from './cpu.ts'

/** One way of doing something, to be compared with others. */
export interface Strategy {
  name: string
  /** Not measured. */
  before?(): Promise<void>
  run(): Promise<void>
  /** What it left to the background: its CPU counts, its time does not. */
  settle?(): Promise<void>
  /** A further measure of the run that has just ended. */
  extra?(): number
  /** Not measured. */
  after?(): Promise<void>
}

/** Medians. */
export interface Measured {
  name: string
  cpuMs: number
  wallMs: number
  /** Null where the strategy has none. */
  extra: number | null
  n: number
}

/**
 * Measures strategies in turn, in reversed order every other round, so that the drift of the machine hits all alike. A first
 * round warms caches and is not counted.
 */
export async function interleave(
  { rounds, cpu }: { rounds: number; cpu: CpuMeter },
  strategies: readonly Strategy[],
): Promise<(strategy: Strategy) => Measured> {
  const samples = new Map<Strategy, Sample[]>(strategies.map(strategy => [strategy, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const strategy of round % 2 === 0 ? strategies : strategies.toReversed()) {
      const sample = await measure(strategy, cpu)
      if (round > 0) samples.get(strategy)?.push(sample)
    }
  }
  return strategy => summarise(strategy.name, samples.get(strategy) ?? [])
}

interface Sample {
  cpuMs: number
  wallMs: number
  extra: number | null
}

async function measure(strategy: Strategy, cpu: CpuMeter): Promise<Sample> {
  await strategy.before?.()
  const [cpuBefore, start] = [cpu.usedMs(), performance.now()]
  await strategy.run()
  const wallMs = performance.now() - start
  await strategy.settle?.()
  const cpuMs = cpu.usedMs() - cpuBefore
  const extra = strategy.extra?.() ?? null
  await strategy.after?.()
  return { cpuMs, wallMs, extra }
}

function summarise(name: string, samples: readonly Sample[]): Measured {
  const extras = samples.map(sample => sample.extra).filter(extra => extra !== null)
  return {
    name,
    cpuMs: median(samples.map(sample => sample.cpuMs)),
    wallMs: median(samples.map(sample => sample.wallMs)),
    extra: extras.length === 0 ? null : median(extras),
    n: samples.length,
  }
}

/** The middle value, or the mean of the two in the middle. Throws for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new Error('no values, so no median')
  return (low + high) / 2
}

import { compare } from '../../core/compare.ts'
import type { Comparison, Side, SideTask } from '../../model/report.ts'
import type { Chance } from './chance.ts'

export const taskName = (i: number): string => `task-${String(i).padStart(3, '0')}`

/** How one side's trials are drawn. */
export interface Draw {
  trials: number
  /** Chance that a trial errors for reasons of infrastructure; it is not run again. */
  erroredShare?: number
}

export function drawTask(chance: Chance, rate: number, { trials, erroredShare = 0 }: Draw): SideTask {
  const errored = erroredShare > 0 ? chance.passes(trials, erroredShare) : 0
  const graded = trials - errored
  return countsTask(chance.passes(graded, rate), graded, errored)
}

export function countsTask(passed: number, graded: number, errored = 0): SideTask {
  return {
    fingerprint: 'same',
    passed,
    graded,
    errored,
    meanScore: null,
    costUsd: [],
    tokens: [],
    durationMs: [],
  }
}

export function sideOf(label: string, tasks: readonly SideTask[]): Side {
  return {
    label,
    setup: 'agent',
    setupFingerprint: 'content',
    doubts: [],
    conditions: null,
    tasks: Object.fromEntries(tasks.map((task, i) => [taskName(i), task])),
  }
}

export function drawSide(chance: Chance, label: string, rates: readonly number[], draw: Draw): Side {
  return sideOf(
    label,
    rates.map(rate => drawTask(chance, rate, draw)),
  )
}

/** As a gate compares, with a margin of 10 points unless told. */
export function gate(base: Side, candidate: Side, margin = 10): Comparison {
  return compare(base, candidate, { margin, strict: false, gate: true })
}

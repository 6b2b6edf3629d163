import type { Baseline } from '../model/baseline.ts'
import type { Comparison } from '../model/report.ts'
import type { RunManifest } from '../model/run.ts'
import type { Gate } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { adaptiveFindings } from './adaptive/gate.ts'
import { invalidSetups } from './agent-canaries.ts'
import { compare } from './compare.ts'
import { sideOfAnchor, sideOfBaseline, sideOfRun, withoutTasks } from './sides.ts'

interface Ran {
  manifest: RunManifest
  trials: readonly Trial[]
}

/** What a gate holds a run to. `force`: also what was not measured alike. */
export type Thresholds = Gate & { force?: boolean }

/** Setups whose trials are judged: not those that only tell whether the day has changed, and none that was not run. */
export function underTest(manifest: RunManifest): string[] {
  const others = new Set([...Object.values(manifest.adaptive?.canaries ?? {}), ...invalidSetups(manifest)])
  return Object.keys(manifest.setups).filter(setup => !others.has(setup))
}

/** Each setup of a run that was accepted into the baseline, compared with what was accepted. */
export function compareWithBaseline(
  { manifest, trials }: Ran,
  { margin, strict, force = false }: Thresholds,
  baseline: Baseline,
): Comparison[] {
  const findings = adaptiveFindings(manifest, trials, baseline)
  return underTest(manifest)
    .filter(setup => Object.hasOwn(baseline.setups, setup))
    .map(setup => {
      const finding = findings.get(setup)
      return compare(
        withoutTasks(sideOfBaseline(baseline, setup, 'baseline'), finding?.outcome.skipped ?? []),
        { ...sideOfRun(manifest, trials, setup), label: 'this run' },
        { margin, strict, gate: true, force, adaptive: finding },
      )
    })
}

/** The same with what was accepted first: drops within the margin, each accepted, add up. It only informs. */
export function compareWithAnchor(
  { manifest, trials }: Ran,
  { margin }: Gate,
  baseline: Baseline,
): Comparison[] {
  return underTest(manifest).flatMap(setup => {
    const anchor = sideOfAnchor(baseline, setup)
    const side = { ...sideOfRun(manifest, trials, setup), label: 'this run' }
    return anchor ? [compare(anchor, side, { margin, strict: false, gate: false })] : []
  })
}

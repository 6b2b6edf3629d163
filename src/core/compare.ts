import { UserError } from '../errors.ts'
import type { Comparison, Side } from '../model/report.ts'
import { weigh } from './evidence.ts'
import { comparableTasks, pairTasks, type TaskPair } from './paired-tasks.ts'
import { perTrialOf, ratioOf, scoreOf } from './per-trial.ts'
import { generalise } from './stats/generalisation.ts'
import type { LikelyDifference } from './stats/interval.ts'
import { sum } from './stats/pair.ts'
import { fewestTrials, passAtK, passHatK } from './stats/pass-at-k.ts'
import { suiteRate } from './stats/rate.ts'
import { taskChanges } from './task-changes.ts'
import { verdictOf } from './verdict.ts'
import type { CompareOptions } from './case.ts'

/**
 * What changed from base to candidate, paired by task. The gate, the side-by-side of two setups and the trend over time are
 * all this, fed from different places. The same sides give the same answer to the last byte. Throws UserError unless the margin is above 0.
 */
export function compare(base: Side, candidate: Side, options: CompareOptions): Comparison {
  if (!(options.margin > 0))
    throw new UserError(`the margin must be above 0 percentage points, got ${options.margin}`)
  const paired = pairTasks(base, candidate)
  const pairs = comparableTasks(paired)
  const evidence = pairs.length > 0 ? weigh(pairs, options.margin / 100) : null
  const bases = pairs.map(pair => pair.base)
  const candidates = pairs.map(pair => pair.candidate)
  // Both sides up to the same k: only like is held against like.
  const highestK = fewestTrials([...bases, ...candidates])

  return {
    base: { label: base.label, setup: base.setup, passRate: evidence && suiteRate(bases) },
    candidate: {
      label: candidate.label,
      setup: candidate.setup,
      passRate: evidence && suiteRate(candidates),
    },
    difference: evidence && evidence.difference,
    generalisation: evidence && generalisationOf(pairs, evidence.difference),
    pRegressed: evidence && evidence.pRegressed,
    pImproved: evidence && evidence.pImproved,
    pUnevenlyWorse: evidence && evidence.pUnevenlyWorse,
    pUnevenlyBetter: evidence && evidence.pUnevenlyBetter,
    margin: options.margin,
    comparedTasks: pairs.length,
    comparedTrials: sum([...bases, ...candidates].map(({ graded }) => graded)),
    passAtK: { base: passAtK(bases, highestK), candidate: passAtK(candidates, highestK) },
    passHatK: { base: passHatK(bases, highestK), candidate: passHatK(candidates, highestK) },
    costUsd: ratioOf(pairs, 'costUsd'),
    tokens: ratioOf(pairs, 'tokens'),
    durationMs: ratioOf(pairs, 'durationMs'),
    turns: ratioOf(pairs, 'turns'),
    score: scoreOf(pairs),
    perTrial: perTrialOf(pairs),
    tasks: taskChanges(paired, evidence),
    adaptive: options.adaptive?.outcome ?? null,
    verdict: verdictOf({ base, candidate, paired, pairs, evidence, options }),
  }
}

/** New tasks can only be less certain than these: equal differences by chance must not look like certainty. */
function generalisationOf(pairs: readonly TaskPair[], these: LikelyDifference): LikelyDifference | null {
  const wider = generalise(pairs)
  return wider && { value: wider.value, lo: Math.min(wider.lo, these.lo), hi: Math.max(wider.hi, these.hi) }
}

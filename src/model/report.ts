import { z } from 'zod'
import { AdaptiveOutcome } from './adaptive.ts'
import { BaselineTask, Conditions } from './baseline.ts'
import { Rate, RunManifest } from './run.ts'
import { Trial } from './trial.ts'

/** What compare knows of one side's task: the same as is accepted into a baseline. */
export const SideTask = BaselineTask
export type SideTask = z.infer<typeof SideTask>

/** One side of a comparison: a setup of a run, or of a baseline. */
export const Side = z.strictObject({
  label: z.string(),
  setup: z.string(),
  setupFingerprint: z.string(),
  /** Why its numbers are not those of its setup, in whole sentences: its context did not reach the model. */
  doubts: z.array(z.string()).default([]),
  /** Null where it is not known. */
  conditions: Conditions.nullable().default(null),
  tasks: z.record(z.string(), SideTask),
})
export type Side = z.infer<typeof Side>

/** Difference of two pass rates in [-1,1], candidate minus base, with its likely range. */
export const Difference = z.strictObject({ value: z.number(), lo: z.number(), hi: z.number() })
export type Difference = z.infer<typeof Difference>

/** Candidate / base of something positive (cost, tokens, time), with its likely range; `n` = values used on both sides. */
export const Ratio = z.strictObject({
  value: z.number().positive(),
  lo: z.number().nullable(),
  hi: z.number().nullable(),
  n: z.number().int().positive(),
})
export type Ratio = z.infer<typeof Ratio>

/** A mean over tasks of their trials' mean; `n` = trials in which it is known. */
export const Known = z.strictObject({ value: z.number(), n: z.number().int().positive() })
export type Known = z.infer<typeof Known>

/** What one trial of a side takes and reaches, over the tasks that both sides know; null = unknown. */
export const PerTrial = z.strictObject({
  /** In [0,1]. */
  score: Known.nullable(),
  costUsd: Known.nullable(),
  tokens: Known.nullable(),
  durationMs: Known.nullable(),
  turns: Known.nullable(),
})
export type PerTrial = z.infer<typeof PerTrial>

/**
 * - `unchanged`: enough trials to have seen a change of this task, and none was seen
 * - `inconclusive`: too few trials to tell
 * - `incomparable`: the task itself differs (its fingerprint), or one side has nothing graded
 */
export const Change = z.enum([
  'improved',
  'regressed',
  'unchanged',
  'inconclusive',
  'incomparable',
  'added',
  'removed',
])
export type Change = z.infer<typeof Change>

const Count = z.strictObject({ passed: z.number(), graded: z.number(), errored: z.number() })

export const TaskChange = z.strictObject({
  task: z.string(),
  change: Change,
  base: Count.nullable(),
  candidate: Count.nullable(),
  /** Candidate's minus base's pass rate, in [-1,1]; null where they cannot be compared. */
  delta: z.number().nullable(),
  /** The majority of trials passed on one side and failed on the other. */
  flipped: z.boolean(),
  /** It differs more than in 4 of 5 comparisons of an unchanged task (Fisher's exact test, one-sided at 20 %). */
  suspected: z.boolean().default(false),
  warnings: z.array(z.string()),
})
export type TaskChange = z.infer<typeof TaskChange>

/** `invalid`: what was compared are not the setups, for their context did not reach the models, or that of others did. */
export const Decision = z.enum([
  'improved',
  'no-drop',
  'inconclusive',
  'regressed',
  'incomparable',
  'needs-approval',
  'infrastructure',
  'invalid',
])
export type Decision = z.infer<typeof Decision>

export const Verdict = z.strictObject({
  decision: Decision,
  /** Whole sentences, most important first; each warning says what to do next. */
  reasons: z.array(z.string()),
  exitCode: z.number().int(),
})
export type Verdict = z.infer<typeof Verdict>

export const Comparison = z.strictObject({
  base: z.strictObject({ label: z.string(), setup: z.string(), passRate: Rate.nullable() }),
  candidate: z.strictObject({ label: z.string(), setup: z.string(), passRate: Rate.nullable() }),
  /** Over the tasks that can be compared; null if there is none. */
  difference: Difference.nullable(),
  /** The same, for new tasks like these; null with fewer than two tasks. */
  generalisation: Difference.nullable(),
  /** One-sided mid-p of the stratified exact test; null where nothing can be compared. */
  pRegressed: z.number().nullable(),
  pImproved: z.number().nullable(),
  /** The same of the test that sees single tasks change far among many that do not. */
  pUnevenlyWorse: z.number().nullable().default(null),
  pUnevenlyBetter: z.number().nullable().default(null),
  /** Percentage points. */
  margin: z.number(),
  comparedTasks: z.number().int().nonnegative(),
  comparedTrials: z.number().int().nonnegative(),
  passAtK: z.strictObject({
    base: z.record(z.string(), z.number()),
    candidate: z.record(z.string(), z.number()),
  }),
  passHatK: z.strictObject({
    base: z.record(z.string(), z.number()),
    candidate: z.record(z.string(), z.number()),
  }),
  costUsd: Ratio.nullable(),
  tokens: Ratio.nullable(),
  durationMs: Ratio.nullable(),
  turns: Ratio.nullable().default(null),
  /** Of the mean score; null where it is not known. */
  score: Difference.nullable().default(null),
  /** Null in comparisons of earlier versions. */
  perTrial: z.strictObject({ base: PerTrial, candidate: PerTrial }).nullable().default(null),
  tasks: z.array(TaskChange),
  /** Of an adaptive gate; null where all trials were planned beforehand. */
  adaptive: AdaptiveOutcome.nullable().default(null),
  verdict: Verdict,
})
export type Comparison = z.infer<typeof Comparison>

/** One of the sides that are held against each other. */
const Who = { label: z.string(), setup: z.string() }

/** What of a claim the trials show: each part alone, at 5 %. `refuted`: its opposite is shown. */
export const Shown = z.enum(['shown', 'not shown', 'refuted'])
export type Shown = z.infer<typeof Shown>

/** A claim about one setup against the base: as good, cheaper, or both at once. */
export const ClaimFinding = z.strictObject({
  ...Who,
  /** "Not worse than so many points"; null where that was not claimed. */
  notWorse: z
    .strictObject({
      points: z.number(),
      difference: Difference,
      /** Trials of both sides. */
      n: z.number().int(),
      finding: Shown,
    })
    .nullable(),
  /** "So many percent cheaper"; its ratio is null where the cost is unknown. */
  cheaper: z.strictObject({ percent: z.number(), ratio: Ratio.nullable(), finding: Shown }).nullable(),
  /** False where the trials themselves are in doubt (see the verdict): then nothing is shown. */
  sound: z.boolean(),
  /** Shown only if all parts are; refuted if any is. */
  finding: Shown,
})
export type ClaimFinding = z.infer<typeof ClaimFinding>

/** Several setups that were run on the same tasks, the base first. */
export const SideBySide = z.strictObject({
  /** Whether a difference to the base still stands out among so many, after Holm's adjustment at 5 %. Empty with one candidate. */
  changes: z.array(z.strictObject({ ...Who, change: z.enum(['regressed', 'improved', 'none']) })),
  /** Quality and cost of each. */
  offers: z.array(
    z.strictObject({
      ...Who,
      passRate: Rate.nullable(),
      costUsd: Known.nullable(),
      /** Those that are no worse and no dearer on average, and better or cheaper. */
      beatenBy: z.array(
        z.strictObject({
          ...Who,
          difference: Difference,
          cost: Ratio,
          /** Whether at least one of better and cheaper is more than chance explains. */
          shown: z.boolean(),
        }),
      ),
    }),
  ),
})
export type SideBySide = z.infer<typeof SideBySide>

/** What reporters render: a run with its trials, and the comparisons that were asked for. */
export const Report = z.strictObject({
  run: RunManifest,
  trials: z.array(Trial),
  comparisons: z.array(Comparison),
  /** Of the run's setups among each other; null with fewer than two. */
  sideBySide: SideBySide.nullable().default(null),
  /** Of the gated setups with the first baseline that was ever accepted: they decide nothing. */
  anchors: z.array(Comparison).default([]),
  /** Of the gate; null where no gate was asked for. */
  verdict: Verdict.nullable(),
  /** What the verdict would be by the working tree's own thresholds and baseline; null unless they differ. */
  verdictByHead: Verdict.nullable(),
  /** Whole sentences, each says what to do next. */
  warnings: z.array(z.string()),
})
export type Report = z.infer<typeof Report>

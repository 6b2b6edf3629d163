import { z } from 'zod'

/** Pass rate with its likely range; `n` = graded trials. All values in [0,1]. */
export const Rate = z.strictObject({
  value: z.number(),
  lo: z.number(),
  hi: z.number(),
  n: z.number().int().positive(),
})
export type Rate = z.infer<typeof Rate>

/** A number over those trials for which it is known; null = known for none. */
export const Measure = z.strictObject({
  mean: z.number(),
  median: z.number(),
  total: z.number(),
  /** Trials for which it is known. */
  n: z.number().int().positive(),
})
export type Measure = z.infer<typeof Measure>

const Measures = {
  costUsd: Measure.nullable(),
  /** Input (cached and not) plus output. */
  tokens: Measure.nullable(),
  /** Of the agent alone, in milliseconds. */
  durationMs: Measure.nullable(),
  turns: Measure.nullable(),
}

/** Trials by how they ended, and the rates over those that were graded. */
const Results = {
  planned: z.number().int().nonnegative(),
  graded: z.number().int().nonnegative(),
  errored: z.number().int().nonnegative(),
  passed: z.number().int().nonnegative(),
  /** Of a setup: the mean of its tasks' pass rates, with the interval for these tasks. Null where nothing was graded. */
  passRate: Rate.nullable(),
  meanScore: z.number().nullable(),
}

export const TaskSummary = z.strictObject({
  task: z.string(),
  setup: z.string(),
  taskFingerprint: z.string(),
  ...Results,
  ...Measures,
})
export type TaskSummary = z.infer<typeof TaskSummary>

export const SetupSummary = z.strictObject({
  setup: z.string(),
  setupFingerprint: z.string(),
  ...Results,
  /** `passAtK[k]`: chance that at least one of k trials passes; only for k up to the fewest trials of a task. */
  passAtK: z.record(z.string(), z.number()),
  /** `passHatK[k]`: chance that all of k trials pass. */
  passHatK: z.record(z.string(), z.number()),
  ...Measures,
  tasks: z.array(TaskSummary),
})
export type SetupSummary = z.infer<typeof SetupSummary>

/** What ran, on what, started by whom. */
export const Provenance = z.strictObject({
  tool: z.string(),
  node: z.string(),
  platform: z.string(),
  cpus: z.number().int().positive(),
  memoryMb: z.number().int().positive(),
  /** Commit of the repository in which the suite stands; null outside of git. */
  suiteCommit: z.string().nullable(),
  /** Whether that repository had uncommitted changes. */
  suiteDirty: z.boolean().nullable(),
  user: z.string().nullable(),
  ci: z.boolean(),
})
export type Provenance = z.infer<typeof Provenance>

/** What was asked for of memory, processors and processes, and how well it held. */
export const Limiting = z.strictObject({
  /** `rlimit`: each process for itself. `none`: not at all. */
  by: z.enum(['cgroup-v2', 'cgroup-v1', 'rlimit', 'none']),
  /** In words, one for each combination that the tasks ask for; without any there is a limit to processes where that can be. */
  asked: z.array(z.string()),
  /** In words, what of it could not be enforced. */
  missing: z.array(z.string()),
})
export type Limiting = z.infer<typeof Limiting>

/** How well the trials were kept apart from the host and from each other. */
export const Isolation = z.strictObject({
  level: z.enum(['none', 'process', 'sandbox', 'container']),
  network: z.enum(['open', 'off', 'allow-list']),
  workspace: z.string(),
  /** Null for runs of earlier versions. */
  limits: Limiting.nullable().default(null),
})
export type Isolation = z.infer<typeof Isolation>

export const runSchemaVersion = 1

/** `run.json`: the contract of a run folder, beside `suite.json` and `trials.jsonl`. */
export const RunManifest = z.strictObject({
  schemaVersion: z.literal(runSchemaVersion),
  id: z.string(),
  status: z.enum(['running', 'finished', 'interrupted']),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  suite: z.strictObject({ name: z.string(), file: z.string(), fingerprint: z.string() }),
  /** Ids of all trials that the plan asked for. */
  plan: z.array(z.string()),
  setups: z.record(
    z.string(),
    z.strictObject({
      fingerprint: z.string(),
      harness: z.string(),
      model: z.string().nullable(),
      effort: z.string().nullable(),
      context: z.array(z.string()),
      strip: z.array(z.string()),
      skills: z.array(z.string()),
      mcp: z.array(z.string()),
      env: z.array(z.string()),
      /** As the agents said, one for each version seen. */
      agentVersions: z.array(z.string()),
      observedModels: z.array(z.string()),
    }),
  ),
  tasks: z.record(
    z.string(),
    z.strictObject({
      fingerprint: z.string(),
      git: z.string(),
      commit: z.string(),
      tags: z.array(z.string()),
    }),
  ),
  isolation: Isolation,
  provenance: Provenance,
  summaries: z.array(SetupSummary),
})
export type RunManifest = z.infer<typeof RunManifest>

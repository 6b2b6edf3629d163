import { z } from 'zod'
import { ContextProof } from './context-proof.ts'
import { AdaptiveRun } from './adaptive.ts'
import { Rules } from './rules.ts'

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
  /** Null where there was nothing to look for, or nobody who could see; also in runs from before it was recorded. */
  contextProof: ContextProof.nullable().default(null),
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

/** An image that a source's commands ran in. */
export const ContainerImage = z.strictObject({
  /** As the suite names it. */
  reference: z.string(),
  /** Content hash of what it stood for during the run. */
  id: z.string(),
  /** Digest in the registry; null if it came from none. */
  digest: z.string().nullable(),
  /** What ran it, with its version. */
  engine: z.string(),
})
export type ContainerImage = z.infer<typeof ContainerImage>

/** What the agent of a setup may reach. */
export const Network = z.strictObject({
  /** `model`: its model's service and nothing else. */
  policy: z.enum(['off', 'model', 'allow-list', 'open']),
  /** Whether the setup itself says so; else it follows from its harness and the isolation. */
  asked: z.boolean(),
  /** False where the isolation cannot see to it: then the agent could reach everything. */
  enforced: z.boolean(),
  /** The places: `host`, `host:port`, `*.domain`. Empty for `off` and `open`. */
  allowed: z.array(z.string()),
})
export type Network = z.infer<typeof Network>

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
  /** The widest that the agent of any setup could reach. */
  network: z.enum(['open', 'off', 'allow-list']),
  /** By setup. Empty in runs from before it was recorded. */
  networks: z.record(z.string(), Network).default({}),
  workspace: z.string(),
  /** By source, at the level `container`; else empty. */
  images: z.record(z.string(), ContainerImage).default({}),
  /** Null for runs of earlier versions. */
  limits: Limiting.nullable().default(null),
})
export type Isolation = z.infer<typeof Isolation>

/** Where the answers of a replay came from. */
export const Replayed = z.strictObject({
  /** Id of the recorded run, and its folder at that time. */
  run: z.string(),
  folder: z.string(),
  mode: z.enum(['strict', 'loose']),
})
export type Replayed = z.infer<typeof Replayed>

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
      /** Null in runs from before it was recorded. */
      history: z.enum(['ancestors', 'none']).nullable().default(null),
      tags: z.array(z.string()),
    }),
  ),
  isolation: Isolation,
  provenance: Provenance,
  /** Whether the model calls of its trials were recorded. */
  recorded: z.boolean().default(false),
  /** The run whose recording answered its model calls: nothing was measured anew, and nothing spent. Null = it was measured. */
  replay: Replayed.nullable().default(null),
  /** Null where the rules are those of the suite as it stood in the working tree. */
  rules: Rules.nullable().default(null),
  /** Null where all trials were planned beforehand. */
  adaptive: AdaptiveRun.nullable().default(null),
  summaries: z.array(SetupSummary),
})
export type RunManifest = z.infer<typeof RunManifest>

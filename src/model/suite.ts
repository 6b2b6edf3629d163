import { z } from 'zod'
import { FileTree } from './files.ts'
import { ModelApi, Service } from './service.ts'

/**
 * The loaded suite: everything that decides a trial, with the contents of all files it names, so that it can be hashed,
 * stored beside the results, sent to another machine, and graded again later. What a user writes is `suite/schema.ts`.
 */

/** A shell line, or a program with its arguments (no shell). */
export const Command = z.union([z.string().trim().min(1), z.array(z.string()).min(1)])
export type Command = z.infer<typeof Command>

/** A harness or grader by its registered name, its parsed configuration, and the suite files that it asked for. */
export const PluginSpec = z.strictObject({
  type: z.string(),
  config: z.unknown(),
  files: FileTree,
})
export type PluginSpec = z.infer<typeof PluginSpec>

export const Limits = z.strictObject({
  /** Wall-clock limit of the agent, in milliseconds. */
  timeoutMs: z.number().positive(),
  /** Spending limit of one trial in US dollars; null = none. Enforced where the harness sees usage while it runs. */
  maxCostUsd: z.number().positive().nullable(),
  /** Model calls of one trial; null = none. Enforced where the harness sees them while it runs. */
  maxTurns: z.number().int().positive().nullable(),
  /** Input and output tokens of one trial; left out = no limit. Enforced by the gateway. */
  maxTokens: z.number().int().positive().optional(),
  /** Model calls in any minute of one trial: further ones wait. Left out = no limit. Enforced by the gateway. */
  maxCallsPerMinute: z.number().int().positive().optional(),
  /** Of the agent, and of each command of a grader, with all their children; left out = none. Enforced where the run says so. */
  memoryBytes: z.number().positive().optional(),
  /** In cores. */
  cpus: z.number().positive().optional(),
  /** Processes and threads at a time. */
  processes: z.number().int().positive().optional(),
})
export type Limits = z.infer<typeof Limits>

export const Source = z.strictObject({
  name: z.string(),
  /** A git URL, or the absolute path of a local repository. */
  git: z.string(),
  /** Full object id of the pinned commit. */
  commit: z.string(),
  /** `ancestors`: the pin with its past. `none`: one commit that holds the pinned tree. Never anything later. */
  history: z.enum(['ancestors', 'none']),
  /** Run once per commit, in order; what they leave in the workspace is reused by every trial. */
  prepare: z.array(Command),
  prepareTimeoutMs: z.number().positive(),
  /** Image whose programs are used at isolation `container`; null = none is named. */
  image: z.string().nullable().default(null),
})
export type Source = z.infer<typeof Source>

export const McpServer = z.union([
  z.strictObject({
    command: z.array(z.string()).min(1),
    env: z.record(z.string(), z.string()),
  }),
  z.strictObject({ url: z.string() }),
])
export type McpServer = z.infer<typeof McpServer>

/**
 * What an agent may reach: nothing, its model's service, everything, or the places of a list (`host`, `host:port`,
 * `*.domain`; `model` there stands for its model's service).
 */
export const NetworkPolicy = z.union([z.enum(['off', 'model', 'open']), z.array(z.string()).min(1)])
export type NetworkPolicy = z.infer<typeof NetworkPolicy>

export const Setup = z.strictObject({
  name: z.string(),
  harness: PluginSpec,
  model: z.string().nullable(),
  effort: z.string().nullable(),
  /** Template of the prompt; `{{prompt}}` stands for the task's own. Null = the task's prompt as it is. */
  prompt: z.string().nullable(),
  /** Context files by their path in the workspace. */
  context: FileTree,
  /** Globs of repository files that are taken away before the agent starts. */
  strip: z.array(z.string()),
  /** Skills by name, each a folder with a SKILL.md. */
  skills: z.record(z.string(), FileTree),
  mcp: z.record(z.string(), McpServer),
  env: z.strictObject({
    /** Names of host variables that the agent gets. Their values are secrets: redacted from all that is stored. */
    pass: z.array(z.string()),
    set: z.record(z.string(), z.string()),
  }),
  /** Null = the suite does not say. */
  network: NetworkPolicy.nullable().default(null),
  /** Null = the usual one of its harness. `direct`: its agent asks its model by itself, past the gateway. */
  service: z
    .union([z.literal('direct'), Service.extend({ api: ModelApi.nullable() })])
    .nullable()
    .default(null),
  /** Content hash of all of the above but the name, and of `network` and `service` where they are given. */
  fingerprint: z.string(),
})
export type Setup = z.infer<typeof Setup>

export const GraderSpec = PluginSpec.extend({
  /** Unique within its task; the type where the suite gives no name. */
  name: z.string(),
  /** Share in the trial's score, > 0. */
  weight: z.number().positive(),
  /** A trial passes only if all of its required graders pass. */
  required: z.boolean(),
})
export type GraderSpec = z.infer<typeof GraderSpec>

export const Fix = z.strictObject({
  /** The later commit that solves the task. */
  commit: z.string(),
  /** Globs over the files that this commit changes: these are hidden files; the rest of its diff is the reference. */
  hidden: z.array(z.string()).min(1),
})
export type Fix = z.infer<typeof Fix>

export const Task = z.strictObject({
  id: z.string(),
  /** Name of its source. */
  source: z.string(),
  prompt: z.string(),
  tags: z.array(z.string()),
  limits: Limits,
  graders: z.array(GraderSpec).min(1),
  /** A patch that solves the task. */
  reference: z.string().nullable(),
  fix: Fix.nullable(),
  /** Content hash of all of the above and of its source. */
  fingerprint: z.string(),
})
export type Task = z.infer<typeof Task>

export const Gate = z.strictObject({
  /** Absolute path of the baseline file; null = the suite names none. */
  baseline: z.string().nullable(),
  /** The largest drop of the pass rate that is still acceptable, in percentage points. */
  margin: z.number().positive(),
  /** Inconclusive is exit code 3 rather than 0. */
  strict: z.boolean(),
})
export type Gate = z.infer<typeof Gate>

/** What all trials of a run may use together; null = no limit. Enforced by the gateway. */
export const Budget = z.strictObject({
  maxCostUsd: z.number().positive().nullable(),
  /** Input and output together. */
  maxTokens: z.number().int().positive().nullable(),
  /** Model calls. */
  maxTurns: z.number().int().positive().nullable(),
  /** Further ones wait. */
  maxCallsPerMinute: z.number().int().positive().nullable(),
})
export type Budget = z.infer<typeof Budget>

export const Suite = z.strictObject({
  name: z.string(),
  description: z.string().nullable(),
  /** Absolute path of the file it was loaded from. */
  file: z.string(),
  tags: z.array(z.string()),
  /** Trials of each setup at each task. */
  trials: z.number().int().positive(),
  sources: z.record(z.string(), Source),
  setups: z.record(z.string(), Setup),
  /** What may differ between the setups; null = the suite does not say. */
  vary: z.array(z.string()).nullable(),
  tasks: z.array(Task),
  gate: Gate,
  /** Weakest isolation under which it may run; null = the best that works. Where it cannot be had nothing runs. */
  isolation: z.enum(['none', 'process', 'sandbox', 'container']).nullable().default(null),
  /** Null = each trial has its own limits and no others. It judges nothing: no fingerprint holds it. */
  budget: Budget.nullable().default(null),
  /** Content hash of tasks, sources and setups. */
  fingerprint: z.string(),
})
export type Suite = z.infer<typeof Suite>

import { z } from 'zod'
import { Command } from '../model/suite.ts'
import { duration } from '../util/duration.ts'

/** What a user writes in a suite file. Each key is here and nowhere else; editors get it by `agent-eval schema`. */

export const Id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'expected a name of up to 64 characters: a-z, 0-9, ".", "_", "-", beginning with a letter or digit',
  )
  .refine(id => !id.includes('..'), 'expected a name without ".."')

export const CommitId = z
  .string({
    error: issue =>
      typeof issue.input === 'number'
        ? 'expected a full commit id as a string, got a number: put it in quotes'
        : 'expected a full commit id (40 characters of 0-9 and a-f)',
  })
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, {
    error: ({ input }) =>
      /^[0-9a-f]{4,39}$/.test(String(input))
        ? `expected a full commit id of 40 characters, got ${String(input).length}: git rev-parse ${String(input)}`
        : /^[0-9a-f]+$/i.test(String(input))
          ? `expected a full commit id of 40 lower-case characters, got ${String(input).length} characters`
          : 'expected a full commit id (40 characters of 0-9 and a-f), not a branch, tag or expression',
  })

/** A file or folder of the suite: relative, inside of the suite's folder. Its place is checked when it is read. */
const SuitePath = z.string().min(1)

/** A path in the workspace. */
export const WorkspacePath = z
  .string()
  .min(1)
  .refine(
    path => !/^([/\\]|[A-Za-z]:)/.test(path) && !path.includes('\\'),
    'expected a path relative to the workspace, with /',
  )
  .refine(path => !path.split('/').includes('..'), 'expected a path inside of the workspace, without ".."')
  .refine(
    path => !path.split('/').some(part => /^\.git$/i.test(part)),
    "expected a path outside of git's own folder",
  )
  .refine(path => !/(^|\/)(\.?|)$/.test(path), 'expected the path of a file')

const Text = z.union([
  z.string().trim().min(1, 'expected a text, got an empty one'),
  z.strictObject({ file: SuitePath }),
])

const LimitsFile = z.strictObject({
  timeout: duration.optional().describe('wall-clock limit of the agent; default 15m'),
  maxCostUsd: z.number().positive().optional().describe('most US dollars of one trial'),
  maxTurns: z.int().positive().optional().describe('most model calls of one trial'),
})
export type LimitsFile = z.infer<typeof LimitsFile>

const prepareKeys = {
  prepare: z
    .array(Command)
    .optional()
    .describe('run once per commit; every trial starts from what they leave'),
  prepareTimeout: duration.optional().describe('limit of each of them; default 10m'),
}

export const GitSource = z.strictObject({
  git: z.string().min(1).describe('https://…, ssh://…, user@host:path, file:///…, or a local path'),
  commit: CommitId.describe('the pinned commit: its full id'),
  history: z
    .enum(['ancestors', 'none'])
    .optional()
    .describe('what of the past the agent sees; default ancestors'),
  ...prepareKeys,
})

export const FolderSource = z.strictObject({
  folder: z.string().min(1).describe('a folder that becomes one deterministic commit'),
  ...prepareKeys,
})

/** A plug-in by its type; the rest is read by its own schema. */
export const PluginFile = z.looseObject({ type: z.string().min(1) })

export const SetupFile = z.strictObject({
  extends: z.string().min(1).optional().describe('another setup of the suite, or the file of one'),
  harness: z
    .union([z.string().min(1), PluginFile])
    .optional()
    .describe('what drives the agent'),
  model: z.string().min(1).nullable().optional(),
  effort: z.string().min(1).nullable().optional(),
  prompt: Text.nullable().optional().describe('template with {{prompt}} in it'),
  context: z
    .record(WorkspacePath, SuitePath)
    .nullable()
    .optional()
    .describe('path in the workspace: file of the suite'),
  strip: z.array(z.string().min(1)).nullable().optional().describe('globs of repository files to take away'),
  skills: z.array(SuitePath).nullable().optional().describe('folders with a SKILL.md'),
  mcp: z
    .record(
      Id,
      z.union([
        z.strictObject({
          command: z.array(z.string()).min(1),
          env: z.record(z.string(), z.string()).optional(),
        }),
        z.strictObject({ url: z.url() }),
      ]),
    )
    .nullable()
    .optional()
    .describe('MCP servers'),
  env: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*(=[^\0]*)?$/, 'expected NAME (passed from the host) or NAME=value'),
    )
    .nullable()
    .optional()
    .describe('NAME: passed from the host, a secret; NAME=value: as it stands'),
})
export type SetupFile = z.infer<typeof SetupFile>

export const setupKeys = [
  'harness',
  'model',
  'effort',
  'prompt',
  'context',
  'strip',
  'skills',
  'mcp',
  'env',
] as const
export type SetupKey = (typeof setupKeys)[number]

export const GraderFile = z.looseObject({
  type: z.string().min(1),
  name: Id.optional().describe('default: the type'),
  weight: z.number().positive().optional().describe('share in the score; default 1'),
  required: z.boolean().optional().describe('whether the trial can pass without it; default true'),
})

export const TaskFile = z.strictObject({
  id: Id,
  source: z.string().optional().describe('may be left out where the suite has one source'),
  prompt: Text.describe('what the agent is asked'),
  tags: z.array(Id).optional(),
  limits: LimitsFile.optional().describe("over the suite's, key by key"),
  reference: SuitePath.optional().describe('a patch that solves the task'),
  fix: z
    .strictObject({ commit: CommitId, hidden: z.array(z.string().min(1)).min(1) })
    .optional()
    .describe(
      'the later commit that solved it; its files under the globs are hidden, the rest is the reference',
    ),
  graders: z.array(GraderFile).min(1, 'expected at least one grader'),
})
export type TaskFile = z.infer<typeof TaskFile>

const gateKeys = {
  baseline: SuitePath.optional().describe('file to compare with; written by agent-eval baseline accept'),
  margin: z
    .number()
    .positive()
    .max(100)
    .optional()
    .describe('largest acceptable drop in percentage points; default 10'),
  strict: z.boolean().optional().describe('inconclusive is exit code 3'),
}

export const headKeys = {
  suite: Id.describe('name of the suite'),
  description: z.string().optional(),
  tags: z.array(Id).optional(),
  trials: z.int().positive().max(10_000).optional().describe('trials of each setup at each task; default 3'),
  limits: LimitsFile.optional(),
  vary: z.array(z.enum(setupKeys)).optional().describe('what may differ between the setups'),
  gate: z.strictObject(gateKeys).optional(),
  isolation: z
    .enum(['none', 'process', 'sandbox'])
    .optional()
    .describe('how trials are kept apart from this machine; where it cannot be had nothing runs'),
}

/** The whole file. It is read part by part, so that a mistake in one part hides none in another. */
export const SuiteFile = z.strictObject({
  ...headKeys,
  sources: z.record(Id, z.union([GitSource, FolderSource])),
  setups: z.record(Id, z.union([z.string().min(1), SetupFile])),
  tasks: z.array(TaskFile).min(1),
})

/** The same with its large parts left as they are. */
export const SuiteHead = z.strictObject({
  ...headKeys,
  sources: z.record(z.string(), z.unknown()),
  setups: z.record(z.string(), z.unknown()),
  tasks: z.array(z.unknown()).min(1, 'expected at least one task'),
})
export type SuiteHead = z.infer<typeof SuiteHead>

import { z } from 'zod'
import type { Grader, Harness } from '../contracts.ts'
import { ModelApi, Price } from '../model/service.ts'
import { Command, McpServer } from '../model/suite.ts'
import type { Registry } from '../registry.ts'
import { duration } from '../util/duration.ts'
import { byteSize } from '../util/quantity.ts'
import {
  CommitId,
  EnvEntry,
  Id,
  ImageReference,
  NetworkPlace,
  SuitePath,
  Tag,
  TargetPath,
  textLike,
  Word,
  WorkspaceGlob,
} from './names.ts'
import { pluginEntry } from './plugin-entry.ts'

/** The plug-ins that suites can name. */
export interface Plugins {
  harnesses: Registry<Harness>
  graders: Registry<Grader>
}

const Text = z.string().trim().min(1)

const PromptText = z.union([
  Text,
  z.strictObject({ file: SuitePath.describe('path of a text file, relative to this file') }),
])

const Limits = z
  .strictObject({
    timeout: duration.optional().describe('longest time for the agent, such as 30s, 15m or 1h; default 15m'),
    maxCostUsd: z.number().positive().optional().describe('most that one trial may cost, in US dollars'),
    maxTurns: z.number().int().positive().optional().describe('most model calls of one trial'),
    maxTokens: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('most tokens of one trial, input and output together'),
    maxCallsPerMinute: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('most model calls of one trial in a minute; further ones wait'),
    memory: byteSize
      .refine(bytes => bytes >= 16e6 && bytes <= 1e15, { error: 'expected a size from 16MB to 1000TB' })
      .optional()
      .describe('most memory of the agent, and of each command of a grader, such as 4GB'),
    cpus: z
      .number()
      .min(0.1)
      .max(4096)
      .optional()
      .describe('most cores that they may use; 1.5 is one and a half'),
    processes: z
      .number()
      .int()
      .min(16)
      .max(4_000_000)
      .optional()
      .describe('most processes and threads at a time; default 4096 or more, where that can be enforced'),
  })
  .describe('limits of one trial')

const Budget = z
  .strictObject({
    maxCostUsd: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe('most that a run may cost, in US dollars'),
    maxTokens: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('most tokens of a run, input and output together'),
    maxTurns: z.number().int().positive().nullable().default(null).describe('most model calls of a run'),
    maxCallsPerMinute: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('most model calls of a run in a minute; further ones wait'),
  })
  .describe('limits of all trials of a run together; a run that comes to one stops')

const Source = z
  .strictObject({
    git: z
      .string()
      .min(1)
      .optional()
      .describe('URL of a git repository (https, ssh, git@host:path, file) or a local path like ../repo'),
    commit: CommitId.optional().describe('full id of the pinned commit, 40 (or 64) hexadecimal digits'),
    folder: z
      .string()
      .min(1)
      .optional()
      .describe('instead of git and commit: a folder, turned into one commit'),
    history: z
      .enum(['ancestors', 'none'])
      .default('ancestors')
      .describe('ancestors: the pin with its past; none: one commit that holds the pinned files'),
    prepare: z
      .array(Command)
      .default([])
      .describe(
        'commands that make the repository ready, run once per commit: a shell line, or a list of program and arguments',
      ),
    prepareReads: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe(
        'globs of the only files that prepare gets to see (package.json, package-lock.json): what it leaves is then shared by all commits in which these are the same',
      ),
    prepareTimeout: duration
      .default(600_000)
      .describe('longest time for each command of prepare; default 10m'),
    image: ImageReference.optional().describe(
      'image of docker or podman whose programs are used at isolation container, best with its digest: node:22@sha256:…',
    ),
  })
  .meta({ anyOf: [{ required: ['git', 'commit'] }, { required: ['folder'] }] })

const Mcp = z.record(
  textLike(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a name of letters, digits, "_" and "-"'),
  z.union([
    z.strictObject({
      command: z.array(z.string().min(1)).min(1).describe('program and arguments that start the server'),
      env: z
        .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
        .default({})
        .describe('its environment variables'),
    }),
    z.strictObject({
      url: textLike(/^https?:\/\/[^\s/][^\s]*$/, 'an http or https URL').describe(
        'address of a server that runs already',
      ),
    }),
  ]),
) satisfies z.ZodType<Record<string, McpServer>>

const Fix = z.strictObject({
  commit: CommitId.describe('full id of the later commit that solves the task'),
  hidden: z
    .array(WorkspaceGlob)
    .min(1)
    .describe('globs of its files that the agent must not see, such as test/**'),
})

const Gate = z.strictObject({
  baseline: SuitePath.optional().describe(
    'path of the baseline file, inside of the folder of this file; it need not exist yet',
  ),
  margin: z
    .number()
    .positive()
    .max(100)
    .default(10)
    .describe('largest acceptable drop of the pass rate, in percentage points'),
  strict: z.boolean().default(false).describe('whether an inconclusive comparison fails with exit code 3'),
})

/** What setups may differ in: their keys. */
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
  'network',
  'service',
] as const
export type SetupKey = (typeof setupKeys)[number]

const Service = z.union([
  z.literal('direct', 'expected direct, or a mapping with the url of the service of its model'),
  z.strictObject({
    url: textLike(
      /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/,
      'an http or https URL without credentials or a query',
    ).describe(
      'address of the model service as its documentation gives it, such as https://api.openai.com/v1',
    ),
    api: ModelApi.nullable().default(null).describe('what it speaks; default: what the harness usually uses'),
    key: z
      .string()
      // What stands there may be the key: it is not repeated.
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, never the key itself')
      .nullable()
      .default(null)
      .describe('name of the host variable that holds its key; the agent never gets the key itself'),
    prices: z
      .record(z.string().min(1), Price)
      .default({})
      .describe('US dollars per million tokens, by model: input, cacheRead, cacheWrite, output'),
  }),
])

function setupSchema(harnesses: Registry<Harness>) {
  const Entry = pluginEntry('harness', harnesses, {}, { bareName: true })
  return z
    .strictObject({
      extends: Text.nullish().describe(
        'name of another setup, or path of a setup file; the keys here replace its keys, null takes a key away',
      ),
      harness: Entry.nullish().describe(
        'program that runs the agent: its name, or a mapping with type and its own keys',
      ),
      model: Word.nullish().describe('model that the harness is asked to use'),
      effort: Word.nullish().describe('level of effort that the harness is asked to use'),
      prompt: PromptText.nullish().describe(
        'template around the prompt of each task; must contain {{prompt}}',
      ),
      context: z
        .record(TargetPath, SuitePath)
        .nullish()
        .describe('files put into the workspace: path there to path of the file here'),
      strip: z
        .array(WorkspaceGlob)
        .nullish()
        .describe('globs of repository files that are taken away before the agent starts'),
      skills: z
        .array(SuitePath)
        .nullish()
        .describe('folders with a SKILL.md; the name of a skill is that of its folder'),
      mcp: Mcp.nullish().describe('MCP servers by name: command and env, or url'),
      env: z
        .array(EnvEntry)
        .nullish()
        .describe('NAME is passed from the host and treated as a secret, NAME=value is set'),
      network: z
        .union([z.enum(['off', 'model', 'open']), z.array(NetworkPlace).min(1).max(200)])
        .nullish()
        .describe(
          'what the agent may reach from level sandbox on: off, model (the service of its model), open, or a list of host, host:port, *.domain and model',
        ),
      service: Service.nullish().describe(
        'service of its model, reached through the gateway; direct: the agent asks its model by itself, unmetered',
      ),
    })
    .describe('what is under test')
}

function taskSchema(graders: Registry<Grader>) {
  const shared = {
    name: Id.optional().describe('name within the task; default: the type'),
    weight: z.number().positive().default(1).describe('share in the score of the trial; default 1'),
    required: z
      .boolean()
      .default(true)
      .describe('whether a trial passes only if this grader passes; default true'),
  }
  return z
    .strictObject({
      id: Id.describe('name of the task, unique in the suite'),
      source: Id.optional().describe('name of its source; may be left out if there is only one'),
      prompt: PromptText.describe('what the agent is asked to do: a text, or { file: path }'),
      tags: z.array(Tag).default([]).describe('words by which tasks can be chosen'),
      limits: Limits.optional().describe('limits of this task; they replace those of the suite key by key'),
      reference: SuitePath.optional().describe('path of a patch that solves the task'),
      fix: Fix.optional().describe('a later commit that solves the task, instead of reference'),
      graders: z
        .array(pluginEntry('grader', graders, shared, { bareName: false }))
        .min(1)
        .describe('what judges the work; at least one must be required'),
    })
    .describe('one problem')
}

/** The schema of suite files: every key that can be written, each with a description. */
export function suiteSchema({ harnesses, graders }: Plugins) {
  return z
    .strictObject({
      suite: Id.describe('name of the suite'),
      description: z.string().optional().describe('what the suite is about'),
      tags: z.array(Tag).default([]).describe('words by which suites can be chosen'),
      trials: z
        .number()
        .int()
        .positive()
        .max(10_000)
        .default(3)
        .describe('trials of each setup at each task; default 3'),
      limits: Limits.optional().describe('limits of each trial'),
      sources: z
        .record(Id, Source)
        .meta({ minProperties: 1, description: 'git repositories by name, each at a pinned commit' }),
      setups: z
        .record(Id, z.union([SuitePath.describe('path of a setup file'), setupSchema(harnesses)]))
        .meta({
          minProperties: 1,
          description: 'what is under test, by name: a mapping, or the path of a setup file',
        }),
      vary: z
        .array(z.enum(setupKeys))
        .min(1)
        .optional()
        .describe(
          'keys in which the setups may differ; any other difference is an error. Left out: no check',
        ),
      tasks: z.array(taskSchema(graders)).min(1).describe('the problems'),
      gate: Gate.optional().describe('what "agent-eval gate" compares with'),
      isolation: z
        .enum(['none', 'process', 'sandbox', 'container'])
        .optional()
        .describe('how trials are kept apart from this machine; where it cannot be had nothing runs'),
      budget: Budget.optional(),
    })
    .describe('a suite of agent-eval')
}

export type SuiteSchema = ReturnType<typeof suiteSchema>
export type SourceDraft = Partial<z.output<SuiteSchema['shape']['sources']['valueType']>>
export type TaskDraft = Partial<z.output<SuiteSchema['shape']['tasks']['element']>>
export type SetupDraft = Partial<z.output<ReturnType<typeof setupSchema>>>

/** The parts of the schema, for checking a file piece by piece. */
export function partsOf(schema: SuiteSchema) {
  const { sources, setups, tasks } = schema.shape
  const task = tasks.element
  const mapping = z.record(z.string(), z.unknown())
  return {
    /** The suite without what is in its sources, setups and tasks. */
    frame: schema.extend({ sources: mapping, setups: mapping, tasks: z.array(z.unknown()).min(1) }),
    source: sources.valueType,
    setup: setups.valueType.options[1],
    /** A task without what is in its graders. */
    task: task.extend({ graders: z.array(z.unknown()).min(1) }),
    grader: task.shape.graders.element,
  }
}

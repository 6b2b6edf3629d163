import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import { Command } from '../model/suite.ts'
import { duration } from '../util/duration.ts'

const Path = z.string().min(1)
const Tokens = z.number().nonnegative()

/** What a step can do, one of these keys each. */
const actions = {
  /** A message of the agent. */
  say: z.string(),
  /** Its reasoning. */
  think: z.string(),
  write: z.strictObject({ path: Path, content: z.string() }),
  /** Every occurrence; a tool error if there is none. */
  replace: z.strictObject({ path: Path, find: z.string().min(1), with: z.string() }),
  delete: Path,
  /** A real command in the workspace. */
  run: Command,
  read: Path,
  /** Reads the named skill, as an agent does that uses it. */
  skill: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
  sleep: z.string().superRefine((text, context) => {
    for (const issue of duration.safeParse(text).error?.issues ?? []) context.addIssue(issue.message)
  }),
  /** Adds to what the attempt has used so far. */
  usage: z.strictObject({
    inputTokens: Tokens.optional(),
    cacheReadTokens: Tokens.optional(),
    cacheWriteTokens: Tokens.optional(),
    outputTokens: Tokens.optional(),
    reasoningTokens: Tokens.optional(),
    costUsd: z.number().nonnegative().optional(),
    turns: z.number().int().nonnegative().optional(),
  }),
  crash: z.string(),
  /** Does nothing until the time limit. */
  hang: z.literal(true),
  /** An infrastructure error with this message. */
  fail: z.string(),
}

export const Step = z
  .strictObject({
    ...z.object(actions).partial().shape,
    /** Beside `fail`: the same call may succeed a moment later. */
    transient: z.boolean().optional(),
    /** Beside `fail`: only the first calls of this trial within this process fail. */
    times: z.number().int().positive().optional(),
  })
  .superRefine((step, context) => {
    const given = Object.keys(step).filter(key => Object.hasOwn(actions, key))
    if (given.length !== 1) {
      const got = given.length === 0 ? 'none' : given.join(' and ')
      context.addIssue(`expected one of ${Object.keys(actions).join(', ')}; got ${got}`)
    }
    if (step.fail === undefined && (step.transient !== undefined || step.times !== undefined)) {
      context.addIssue('transient and times belong beside fail')
    }
  })
export type Step = z.infer<typeof Step>

export const Branch = z.strictObject({
  /** All that is named must hold. */
  if: z
    .strictObject({
      /** The file has this text. */
      contains: z.record(z.string(), z.string()).optional(),
      /** There is something at this path. */
      exists: Path.optional(),
      /** The trial is of this setup. */
      setup: z.string().optional(),
    })
    .optional(),
  /** How often the branch is taken where its condition holds; drawn with the trial's seed. */
  chance: z.number().min(0).max(1).optional(),
  steps: z.array(Step),
})
export type Branch = z.infer<typeof Branch>

/** Branches by task id; `*` stands for the tasks that are not named. The first branch that applies is run. */
export const ScriptTasks = z.record(z.string(), z.array(Branch).min(1))
export type ScriptTasks = z.infer<typeof ScriptTasks>

const Script = z.strictObject({ tasks: ScriptTasks })

/** Reads a script file. Throws UserError with all mistakes, each with its place in the file. */
export function parseScript(text: string, name: string): ScriptTasks {
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    throw new UserError(`${name} is no YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  const script = Script.safeParse(value)
  if (script.success) return script.data.tasks
  const mistakes = script.error.issues.map(
    issue => `${name}: ${issue.path.join('.') || 'top level'}: ${issue.message}`,
  )
  throw new UserError(mistakes.join('\n'))
}

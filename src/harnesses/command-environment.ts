import type { HarnessInput } from '../contracts.ts'

/** What the command harness places for its agent, or takes from it. */
export interface CommandFiles {
  /** Private folder for programs of the suite. */
  own: string
  prompt: string
  usage: string
  transcript: string
  /** Null where the setup has no servers. */
  mcp: string | null
}

/** Systems refuse a single variable above 128 KiB; a longer prompt is only in the file. */
const longestVariableBytes = 100 * 1024

/** The variables by which an agent learns of its attempt. What the setup does not say is not set. */
export function environment(input: HarnessInput, files: CommandFiles): Record<string, string> {
  const variables = {
    AGENT_EVAL_PROMPT: Buffer.byteLength(input.prompt) > longestVariableBytes ? null : input.prompt,
    AGENT_EVAL_PROMPT_FILE: files.prompt,
    AGENT_EVAL_WORKSPACE: input.workspace,
    AGENT_EVAL_LOGS: input.logs,
    AGENT_EVAL_USAGE_FILE: files.usage,
    AGENT_EVAL_TRANSCRIPT_FILE: files.transcript,
    AGENT_EVAL_MODEL: input.model,
    AGENT_EVAL_EFFORT: input.effort,
    AGENT_EVAL_SEED: String(input.trial.seed),
    AGENT_EVAL_MCP_FILE: files.mcp,
  }
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

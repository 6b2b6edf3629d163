import type { HarnessInput } from '../contracts.ts'
import type { ModelApi } from '../model/service.ts'

/** What the command harness places for its agent, or takes from it. */
export interface CommandFiles {
  /** Private folder for programs of the suite. */
  own: string
  prompt: string
  usage: string
  transcript: string
  mcp: string
}

/** Systems refuse a single variable above 128 KiB; a longer prompt is only in the file. */
const longestVariableBytes = 100 * 1024

/** Where its model answers, by the names that programs know. Where the key is the agent's own it is left alone. */
function modelVariables({
  service,
  env,
}: Pick<HarnessInput, 'service' | 'env'>): Record<string, string | null> {
  if (!service) return {}
  const { api, url, key } = service
  const [base, secret] = usualNames[api]
  return {
    AGENT_EVAL_MODEL_API: api,
    AGENT_EVAL_MODEL_URL: url,
    AGENT_EVAL_MODEL_KEY: key,
    [base]: url,
    // Many programs do not start without one.
    [secret]: key ?? (env[secret] ? null : 'none'),
  }
}

const usualNames: Record<ModelApi, readonly [url: string, key: string]> = {
  'openai-chat': ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
  'openai-responses': ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'],
  gemini: ['GOOGLE_GEMINI_BASE_URL', 'GEMINI_API_KEY'],
}

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
    ...modelVariables(input),
  }
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== null),
  )
}

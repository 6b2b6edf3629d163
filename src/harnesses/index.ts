import type { Harness } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { acp } from './acp.ts'
import { claudeCode } from './claude-code.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { command } from './command.ts'
import { copilot } from './copilot.ts'
import { geminiCli } from './gemini-cli.ts'
import { opencode } from './opencode.ts'
import { pi } from './pi.ts'
import { qwenCode } from './qwen-code.ts'
import { scripted } from './scripted.ts'

/** All harnesses by the name that suites use. */
export const harnesses = {
  acp,
  'claude-code': claudeCode,
  cline,
  codex,
  command,
  copilot,
  'gemini-cli': geminiCli,
  opencode,
  pi,
  'qwen-code': qwenCode,
  scripted,
} satisfies Registry<Harness>

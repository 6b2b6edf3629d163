import type { Harness } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { acp } from './acp.ts'
import { codex } from './codex.ts'
import { command } from './command.ts'
import { geminiCli } from './gemini-cli.ts'
import { pi } from './pi.ts'
import { scripted } from './scripted.ts'

/** All harnesses by the name that suites use. */
export const harnesses = {
  acp,
  codex,
  command,
  'gemini-cli': geminiCli,
  pi,
  scripted,
} satisfies Registry<Harness>

import type { Sandbox } from '../contracts.ts'
import { exec } from '../util/exec.ts'

/**
 * Commands run as this user on this machine, with the network that it has. Kept apart are only the environment, HOME and
 * the process tree: against accidents, not against an agent that means harm.
 */
export const none: Sandbox = {
  isolation: { level: 'none' },
  description: 'agents run with your rights, see your files and processes, and reach the network',
  mounts: false,
  async probe() {},
  exec,
}

import type { ExecResult } from '../../contracts.ts'
import { firstLine } from './report.ts'

/** How npx, npm, yarn, pnpm, uv, poetry, node and python say that what they are to start is not installed. */
const complaints = [
  /^.*No module named '?(pytest|unittest|_pytest)\b.*$/m,
  /^.*npx canceled due to missing packages.*$/m,
  /^.*could not determine executable to run.*$/m,
  /^.*npm (?:ERR!|error) (?:code )?(?:E404|ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT)\b.*$/m,
  /^.*Couldn't find a script named .*$/m,
  /^.*Command "[^"]+" not found.*$/m,
  /^.*Command not found: .*$/m,
  /^.*Failed to spawn: .*$/m,
  /^.*Cannot find module '[^']*node_modules\/(?:\.bin\/)?(?:jest|vitest|mocha|ava|tap|tape)\b.*$/m,
]

/**
 * What is missing, if a run that reported nothing looks as if its tool were not installed. The output is that of code under
 * test: so only a run without the agent's change can tell for sure.
 */
export function missingTool(result: ExecResult, output: string): string | null {
  if (result.end === 'not-found') return 'the program of run was not found'
  if (result.exitCode === 0) return null
  if (result.exitCode === 127)
    return firstLine(output.trimEnd().split('\n').at(-1) ?? '') ?? 'the program was not found'
  for (const complaint of complaints) {
    const found = complaint.exec(output)
    if (found) return firstLine(found[0])
  }
  return null
}

import { dirname } from 'node:path'
import { load, openTrialParts, storeFor } from '../../commands/wiring.ts'
import type { Io } from '../../commands/io.ts'
import { specOf } from '../../core/plan.ts'
import { runTrial } from '../../trial/run-trial.ts'
import type { Bench } from '../bench.ts'
import type { Strategy } from '../interleave.ts'
import { keyName } from './suite.ts'

/** Whole trials of the agent, as a run has them: workspace, sandbox, gateway, patch, grade, files of the result. */
export async function trials(
  file: string,
  bench: Bench,
): Promise<{ strategy: Strategy; close(): Promise<void> }> {
  const { cacheRoot, workRoot } = bench.roots
  const io: Io = {
    cwd: dirname(file),
    env: {
      ...process.env,
      AGENT_EVAL_CACHE: cacheRoot,
      AGENT_EVAL_WORK: workRoot,
      [keyName]: 'none-is-needed',
    },
    stdout: process.stdout,
    stderr: process.stderr,
  }
  const suite = await load(file, io)
  const { parts, close } = await openTrialParts(
    {
      suite,
      runId: 'bench',
      store: storeFor(io, suite),
      progress: {},
      sandbox: bench.sandbox,
      images: {},
      signal: new AbortController().signal,
    },
    io,
  )
  let index = 0
  return {
    strategy: {
      name: 'trial',
      async run() {
        const trial = await runTrial(specOf(`work/agent/${index++}`), parts)
        if (trial.status !== 'graded' || !trial.pass)
          throw new Error(
            `a trial did not pass: ${trial.status === 'errored' ? trial.message : trial.attempt.message}`,
          )
      },
      settle: () => bench.settle(),
    },
    close,
  }
}

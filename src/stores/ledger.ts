import { readFile } from 'node:fs/promises'
import { Trial } from '../model/trial.ts'
import { parseJson } from '../util/json.ts'

/**
 * Reads trials.jsonl: the latest line of each trial, and those that it replaced. A last line without its end was being written when the program died:
 * it is left out and told. Any other line that is no trial is told with its number and left out, never guessed.
 */
export async function readTrials(
  path: string,
): Promise<{ trials: Trial[]; replaced: Trial[]; warnings: string[] }> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { trials: [], replaced: [], warnings: [] }
    throw error
  }
  const warnings: string[] = []
  const replaced: Trial[] = []
  const byId = new Map<string, Trial>()
  const lines = text.split('\n')
  lines.forEach((line, index) => {
    if (line.trim() === '') return
    const trial = Trial.safeParse(parseJson(line)).data
    if (trial) {
      const earlier = byId.get(trial.id)
      if (earlier) replaced.push(earlier)
      byId.set(trial.id, trial)
    } else if (index === lines.length - 1) {
      warnings.push(
        'The last line of trials.jsonl was cut off by a crash and is left out; run again with --resume to redo that trial.',
      )
    } else
      warnings.push(
        `Line ${index + 1} of trials.jsonl is no trial and is left out; run again with --resume to redo it.`,
      )
  })
  return { trials: [...byId.values()], replaced, warnings }
}

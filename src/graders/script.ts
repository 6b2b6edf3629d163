import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { GradeInput } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { Command } from '../model/suite.ts'
import { defineGrader } from '../registry.ts'
import { duration } from '../util/duration.ts'
import { writeTree } from '../util/file-tree.ts'
import { readUntrusted } from '../util/output.ts'
import { shorten, visible } from '../util/visible.ts'
import { howItEnded, lastLines, type LoggedRun, runLogged, showCommand } from './process.ts'
import { layOut } from './suite-files.ts'

const maxAnswerBytes = 1024 * 1024

const config = z.strictObject({
  run: Command.describe('a shell line, or a program with its arguments; ./NAME is a file of the suite'),
  files: z.array(z.string().min(1)).default([]).describe('further suite files that the program needs'),
  timeout: duration.prefault('5m'),
  env: z.record(z.string(), z.string()).default({}),
})
type Config = z.infer<typeof config>

const Answer = z.strictObject({
  score: z.number().min(0).max(1),
  pass: z.boolean().optional(),
  explanation: z.string().optional(),
  details: z.unknown().optional(),
})

/**
 * Lets a program of the suite's author judge. It runs in a private folder that holds only its own files; it gets JSON on
 * stdin and must print one JSON object. Whatever else comes leaves the trial unscored: a broken judge says nothing.
 */
export const script = defineGrader({
  config,
  description:
    'runs your own program, which reads JSON on stdin and prints { score, pass, explanation } as JSON',
  files: ({ run, files }: Config) => [...new Set([...programFiles(run), ...files])],
  async grade(input, given) {
    const run = await start(input, given)
    const answer = await readAnswer(run, showCommand(given.run))
    return {
      score: answer.score,
      pass: answer.pass ?? answer.score >= 1,
      explanation: answer.explanation ?? `the program gave a score of ${answer.score}`,
      ...(answer.details !== undefined && { details: answer.details }),
    }
  },
})

/** What starts with `./` or `../` in an argument list, or as a word of a shell line. */
function programFiles(run: Command): string[] {
  if (typeof run !== 'string') return run.filter(part => /^\.\.?\//.test(part))
  return [...run.matchAll(/(?<=^|[\s"'=;&|(])\.\.?\/[^\s"';&|()<>]+/g)].map(([path]) => path)
}

async function start(input: GradeInput, given: Config): Promise<LoggedRun> {
  const { tree, cwd } = layOut(input.files, programFiles(given.run))
  const folder = join(input.scratch, cwd)
  const transcriptFile = join(input.scratch, 'transcript.jsonl')
  await mkdir(folder, { recursive: true })
  writeTree(input.scratch, tree)
  await writeFile(transcriptFile, input.transcript.map(event => `${JSON.stringify(event)}\n`).join(''))
  const question = {
    task: input.task.id,
    prompt: input.task.prompt,
    workspace: (await input.workspace({ hidden: true })).path,
    patch: input.patch,
    changedFiles: input.outcome.changedFiles,
    transcriptFile,
    attempt: input.attempt,
  }
  return runLogged(input, {
    command: given.run,
    cwd: folder,
    env: { ...input.env, ...given.env },
    timeoutMs: given.timeout,
    stdin: JSON.stringify(question),
  })
}

async function readAnswer(run: LoggedRun, command: string): Promise<z.infer<typeof Answer>> {
  const fail = async (problem: string): Promise<never> => {
    throw new InfraError(
      `"${command}" ${problem}. A script grader must print one JSON object { "score": 0..1, "pass"?, "explanation"?, "details"? } ` +
        `on stdout, nothing else, and end with exit code 0.\n${await lastLines(run)}`,
    )
  }
  if (run.result.exitCode !== 0) return fail(howItEnded(run))
  const stdout = await readUntrusted(run.stdout, maxAnswerBytes)
  if (stdout === null) return fail('printed more than 1 MiB on stdout')
  if (stdout.trim() === '') return fail('printed nothing on stdout')
  const value = parseJson(stdout)
  if (value === undefined)
    return fail(`printed something that is not JSON: ${visible(shorten(stdout.trim(), 200))}`)
  const answer = Answer.safeParse(value)
  if (answer.success) return answer.data
  const problems = answer.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  return fail(
    `printed JSON that is no answer (${problems.join('; ')}): ${visible(shorten(stdout.trim(), 200))}`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}

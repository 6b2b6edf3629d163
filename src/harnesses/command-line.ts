import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { writeTree } from '../util/file-tree.ts'
import { shellWord } from '../util/shell.ts'
import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'
import type { Command } from '../model/suite.ts'
import type { CommandFiles } from './command-environment.ts'
import { suiteFile } from './suite-file.ts'

const placeholder = /\{(prompt|promptFile|workspace|logs|model)\}/g

/** The program of a command, and its path in the suite if it is a file of the suite (in a list, as harnesses name files). */
export function programOf(run: Command): { program: string; suiteFile: string[] } {
  const program = (typeof run === 'string' ? run.trim().split(/\s/)[0] : run[0]) ?? ''
  return { program, suiteFile: /^\.\.?\//.test(program) ? [program] : [] }
}

/**
 * The command to execute: a program of the suite in its place outside of the workspace, placeholders filled in. In a shell
 * line nothing is filled in, because the shell would read it as code. Throws InfraError for a placeholder without a value.
 */
export async function commandLine(run: Command, input: HarnessInput, files: CommandFiles): Promise<Command> {
  const { program } = programOf(run)
  const placed = await placeProgram(run, input, files)
  if (typeof run === 'string') {
    const found = run.match(placeholder)?.[0]
    if (found) {
      const list = JSON.stringify([program, found])
      const variable = `"$AGENT_EVAL_${found.slice(1, -1).replace(/[A-Z]/, '_$&').toUpperCase()}"`
      throw new InfraError(
        `${found} is not filled in inside of a shell line: write ${variable} there, or give the command as a list: run: ${list}`,
      )
    }
    return placed === null ? run : run.trim().replace(program, () => shellWord(placed))
  }
  const values: Record<string, string | null> = {
    prompt: input.prompt,
    promptFile: files.prompt,
    workspace: input.workspace,
    logs: input.logs,
    model: input.model,
  }
  const fill = (item: string): string =>
    item.replace(placeholder, (whole, name: string) => {
      const value = values[name] ?? null
      if (value === null)
        throw new InfraError(`the command has ${whole}, but the setup names no ${name}: add it`)
      return value
    })
  return [placed ?? program, ...run.slice(1).map(fill)]
}

async function placeProgram(run: Command, input: HarnessInput, files: CommandFiles): Promise<string | null> {
  const [path] = programOf(run).suiteFile
  if (path === undefined) return null
  const name = basename(path)
  mkdirSync(files.own, { recursive: true })
  writeTree(files.own, { [name]: { ...suiteFile(input.files, path), executable: true } })
  return join(files.own, name)
}

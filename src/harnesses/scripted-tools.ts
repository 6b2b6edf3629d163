import { join, posix } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { HarnessInput, WorkspaceFiles } from '../contracts.ts'
import type { Command } from '../model/suite.ts'
import { readTail } from '../util/output.ts'
import { interrupted } from './ends.ts'
import type { Step } from './scripted-schema.ts'
import { timedOut, type ScriptedState } from './scripted-state.ts'

const shownOutputBytes = 16 * 1024

export interface ToolOutput {
  output: string
  isError: boolean
}

export interface Tool {
  name: string
  input: unknown
  /** Throws a plain error for what the transcript shows as the tool's error. */
  act(): Promise<ToolOutput>
}

/** The tool call that a step stands for; null if it stands for none. */
export function toolOf(step: Step, input: HarnessInput, state: ScriptedState): Tool | null {
  const files = input.workspaceFiles
  const tool = (name: string, args: unknown, act: () => Promise<string>): Tool => ({
    name,
    input: args,
    act: async () => ({ output: await act(), isError: false }),
  })
  if (step.write) {
    const { path, content } = step.write
    return tool('write', step.write, async () => write(files, path, content))
  }
  if (step.replace) {
    const { path } = step.replace
    return tool('replace', step.replace, async () => replace(files, path, step.replace))
  }
  if (step.delete !== undefined) {
    const path = step.delete
    return tool('delete', { path }, async () => {
      await files.remove([await existing(files, path)])
      return `deleted ${path}`
    })
  }
  if (step.read !== undefined) {
    const path = step.read
    return tool('read', { path }, async () => read(files, path))
  }
  if (step.skill !== undefined) {
    const path = `.agents/skills/${step.skill}/SKILL.md`
    return tool('skill', { skill: step.skill }, async () => read(files, path))
  }
  if (step.run !== undefined) {
    const command = step.run
    return { name: 'run', input: { command }, act: () => run(command, input, state) }
  }
  return null
}

async function write(files: WorkspaceFiles, path: string, content: string): Promise<string> {
  const target = await resolved(files, path)
  const before = await files.at(target)
  const executable = before?.stats.isFile() === true && (before.stats.mode & 0o100) !== 0
  await files.write({ [target]: { encoding: 'utf8', data: content, executable } })
  return `wrote ${Buffer.byteLength(content)} bytes`
}

async function replace(files: WorkspaceFiles, path: string, change: Step['replace']): Promise<string> {
  const parts = (await read(files, path)).split(change?.find ?? '')
  if (parts.length === 1) throw new Error(`the text to replace is not in ${change?.path}`)
  await write(files, path, parts.join(change?.with))
  return `replaced it in ${parts.length - 1} place(s)`
}

async function read(files: WorkspaceFiles, path: string): Promise<string> {
  const bytes = await files.read(await resolved(files, path))
  if (bytes === null) throw new Error(`${path} is no file of the workspace`)
  return bytes.toString()
}

async function existing(files: WorkspaceFiles, path: string): Promise<string> {
  const target = await resolved(files, path)
  if ((await files.at(target)) === null) throw new Error(`there is no ${path} in the workspace`)
  return target
}

/** A path with its links followed. Throws where it would leave the workspace; it need not exist. */
async function resolved(files: WorkspaceFiles, path: string): Promise<string> {
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  if (posix.isAbsolute(path) || parts.length === 0 || parts.includes('..')) {
    throw new Error(`${path} is not a path inside of the workspace: write it relative to it and without ".."`)
  }
  for (let known = parts.length; known > 0; known -= 1) {
    const found = await files.locate(parts.slice(0, known).join('/'))
    if (found.state === 'outside') throw new Error(`${path} leads out of the workspace through a link`)
    if (found.state === 'there') return posix.join(found.path, ...parts.slice(known))
    if (known === parts.length && (await isLink(files, parts)))
      throw new Error(`${path} is a link that leads nowhere`)
  }
  return parts.join('/')
}

async function isLink(files: WorkspaceFiles, parts: readonly string[]): Promise<boolean> {
  return (await files.at(parts.join('/')))?.stats.isSymbolicLink() ?? false
}

async function run(command: Command, input: HarnessInput, state: ScriptedState): Promise<ToolOutput> {
  // The script may have taken it away, which is nobody's fault but its own.
  if ((await input.workspaceFiles.at('')) === null) throw new Error('the workspace is gone')
  const log = join(input.logs, `run-${++state.runs}.log`)
  const result = await input.exec({
    command,
    cwd: input.workspace,
    env: input.env,
    timeoutMs: Math.max(1, state.deadline - performance.now()),
    stdout: log,
    stderr: log,
    signal: input.signal,
  })
  if (result.end === 'aborted') throw interrupted()
  if (result.end === 'timeout') throw timedOut(input)
  const output = await readTail(log, shownOutputBytes)
  const how = result.end === 'exited' ? `exit code ${result.exitCode}` : (result.signal ?? result.end)
  return { output: `${output}[${how}]`, isError: result.exitCode !== 0 }
}

import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { HarnessInput } from '../contracts.ts'
import type { Command } from '../model/suite.ts'
import { resolveInside } from '../util/inside.ts'
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
  const place = (path: string): Promise<string> => resolveInside(input.workspace, path)
  const tool = (name: string, args: unknown, act: () => Promise<string>): Tool => ({
    name,
    input: args,
    act: async () => ({ output: await act(), isError: false }),
  })
  if (step.write) {
    const { path, content } = step.write
    return tool('write', step.write, async () => write(await place(path), content))
  }
  if (step.replace) {
    const { path } = step.replace
    return tool('replace', step.replace, async () => replace(await place(path), step.replace))
  }
  if (step.delete !== undefined) {
    const path = step.delete
    return tool('delete', { path }, async () => {
      await rm(await place(path), { recursive: true })
      return `deleted ${path}`
    })
  }
  if (step.read !== undefined) {
    const path = step.read
    return tool('read', { path }, async () => readFile(await place(path), 'utf8'))
  }
  if (step.skill !== undefined) {
    const path = `.agents/skills/${step.skill}/SKILL.md`
    return tool('skill', { skill: step.skill }, async () => readFile(await place(path), 'utf8'))
  }
  if (step.run !== undefined) {
    const command = step.run
    return { name: 'run', input: { command }, act: () => run(command, input, state) }
  }
  return null
}

async function write(place: string, content: string): Promise<string> {
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, content)
  return `wrote ${Buffer.byteLength(content)} bytes`
}

async function replace(place: string, change: Step['replace']): Promise<string> {
  const parts = (await readFile(place, 'utf8')).split(change?.find ?? '')
  if (parts.length === 1) throw new Error(`the text to replace is not in ${change?.path}`)
  await writeFile(place, parts.join(change?.with))
  return `replaced it in ${parts.length - 1} place(s)`
}

async function run(command: Command, input: HarnessInput, state: ScriptedState): Promise<ToolOutput> {
  // The script may have taken it away, which is nobody's fault but its own.
  if (!existsSync(input.workspace)) throw new Error('the workspace is gone')
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

import { appendFile, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Access, Exec, ExecResult } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import type { Command, Source } from '../model/suite.ts'

const shownLines = 40
const shownBytes = 64 * 1024

/**
 * Runs a source's commands in order, all within its time limit; their output goes to the log. Throws InfraError, with the
 * command and the end of its output, at the first that fails.
 */
export async function runPrepare(
  source: Source,
  exec: Exec,
  place: { cwd: string; log: string; env: Record<string, string>; access: Access },
): Promise<void> {
  await mkdir(dirname(place.log), { recursive: true, mode: 0o700 })
  await rm(place.log, { force: true })
  const deadline = performance.now() + source.prepareTimeoutMs
  for (const command of source.prepare) {
    await appendFile(place.log, `$ ${shown(command)}\n`)
    const result = await exec({
      command,
      cwd: place.cwd,
      env: place.env,
      access: place.access,
      timeoutMs: Math.max(1, deadline - performance.now()),
      stdout: place.log,
      stderr: place.log,
    })
    if (result.end === 'exited' && result.exitCode === 0) continue
    throw new InfraError(
      `preparing source "${source.name}" failed: "${shown(command)}" ${reason(result, source)}\n` +
        `${await endOf(place.log)}\nThe whole output is in ${place.log}. It is tried again by the next run.`,
    )
  }
}

function shown(command: Command): string {
  return typeof command === 'string' ? command : command.join(' ')
}

function reason(result: ExecResult, source: Source): string {
  switch (result.end) {
    case 'exited':
      return `ended with exit code ${result.exitCode}:`
    case 'signalled':
      return `was ended by ${result.signal}:`
    case 'timeout':
      return `did not end in time: all commands of "prepare" have ${Math.round(source.prepareTimeoutMs / 1000)} s together. Its last output:`
    case 'not-found':
      return 'was not found: install the program, or correct "prepare".'
    case 'output-limit':
      return 'printed too much, and was ended:'
    case 'limit':
    case 'aborted':
      return 'was interrupted:'
  }
}

async function endOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - shownBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-shownLines).join('\n')
  } finally {
    await file.close()
  }
}

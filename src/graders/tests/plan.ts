import type { Command } from '../../model/suite.ts'
import { quote, readCommand, type CommandLine } from './command-line.ts'
import { parseJest } from './parse-jest.ts'
import { parseJunit } from './parse-junit.ts'
import { parseTap } from './parse-tap.ts'
import { programSpecs, type ProgramSpec } from './programs.ts'
import { isNode, nameOf, recognise, type Program, type Reading } from './recognise.ts'
import type { TestReport } from './report.ts'

/** What `runner` may say. */
export const runnerNames = [
  'jest',
  'vitest',
  'node',
  'mocha',
  'ava',
  'pytest',
  'unittest',
  'tap',
  'junit',
] as const
export type RunnerName = (typeof runnerNames)[number]

/** How one test command is run and where its report is found. */
export interface RunPlan {
  runner: RunnerName
  /** The command with our options, given where the report and the helper are to be. */
  command(report: string, helper: string): Command
  helper: ProgramSpec['helper']
  /** `private`: a file that only we know. `workspace`: one that the command always writes, replaced at each run. */
  channel: 'private' | 'stdout' | 'workspace'
  parse(text: string): TestReport
}

/** Why a command cannot be run as wanted, and which key of the suite is to be changed. */
export interface PlanProblem {
  key: 'run' | 'runner' | 'report'
  message: string
}

interface Wanted {
  run: Command
  runner?: RunnerName | undefined
  report?: string | undefined
}

const placeholder = '{report}'

/** Works out how to get a report from a command that no other program can write to. */
export function planRun({ run, runner, report }: Wanted): RunPlan | PlanProblem {
  const hasPlaceholder = [run].flat().some(word => word.includes(placeholder))
  const line = readCommand(run)
  const reading = line ? recognise(line) : null
  const found = reading?.program && reading.program !== 'npm-script' ? runnerOf(reading.program) : null
  const name = runner ?? found
  if (report !== undefined) {
    if (name !== 'junit' && name !== 'tap') {
      return {
        key: 'report',
        message:
          'report is only for runner: junit and runner: tap, the other runners write their report where we tell them',
      }
    }
    if (hasPlaceholder) return { key: 'report', message: 'give either report or {report} in run, not both' }
    return {
      runner: name,
      command: () => run,
      helper: null,
      channel: 'workspace',
      parse: name === 'tap' ? parseTap : parseJunit,
    }
  }
  if (name === null) return unknown(run, line, reading)
  if (runner !== undefined && found !== null && found !== runner && runner !== 'junit' && runner !== 'tap') {
    return { key: 'runner', message: `run starts ${found}, but runner says ${runner}: take runner out` }
  }
  if (hasPlaceholder) {
    return {
      runner: name,
      command: path => fill(run, path),
      helper: null,
      channel: 'private',
      parse: text => parseAny(text, name),
    }
  }
  if (name === 'junit') {
    return {
      key: 'run',
      message: `runner: junit needs to know where the report is: put ${placeholder} into run, or name the file with report`,
    }
  }
  return addOptions(name, run, line, reading)
}

function runnerOf(program: Program): RunnerName {
  return program === 'tape' ? 'tap' : program
}

function addOptions(
  name: Exclude<RunnerName, 'junit'>,
  run: Command,
  line: CommandLine | null,
  reading: Reading | null,
): RunPlan | PlanProblem {
  const tapElsewhere = name === 'tap' && reading?.program !== 'tap'
  if (tapElsewhere)
    return {
      runner: name,
      command: () => run,
      helper: null,
      channel: 'stdout',
      parse: parseTap,
    }
  if (!line || !reading) {
    return {
      key: 'run',
      message: `cannot add the option for the report to a line of more than one command: put ${placeholder} where its path goes, and cwd for a folder`,
    }
  }
  const spec = programSpecs[name]
  const clash = spec.taken && line.words.find(word => spec.taken?.test(word))
  if (clash)
    return {
      key: 'run',
      message: `take ${clash} out of run: ${name} is told where to write its report, or use ${placeholder} there`,
    }
  const command = commandWith(spec, name, line, reading)
  if (typeof command === 'string') return { key: 'run', message: command }
  const channel = spec.channel === 'file' ? 'private' : 'stdout'
  return { runner: name, command, helper: spec.helper, channel, parse: spec.parse }
}

/** The command as a function of the two paths, or why there can be none. */
function commandWith(
  spec: ProgramSpec,
  program: Program,
  line: CommandLine,
  reading: Reading,
): RunPlan['command'] | string {
  const { words, edit } = line
  if (reading.program === 'npm-script') {
    if (!spec.throughScript)
      return `options do not reach ${program} through a package script: name the runner itself in run`
    const separator = reading.manager === 'npm' && !words.includes('--', reading.at) ? ['--'] : []
    return (report, helper) =>
      edit([{ at: words.length, count: 0, words: [...separator, ...spec.options(report, helper)] }])
  }
  const isNodeScript = reading.program === null && program === 'node' && isNode(nameOf(words[reading.at]))
  if (reading.program !== program && !isNodeScript) {
    return `cannot find ${program} in run to add the option for its report: name it there, or put ${placeholder} where the path goes`
  }
  const isModule = 'isModule' in reading && reading.isModule
  const separator = words.indexOf('--', reading.at)
  const end = separator === -1 ? words.length : separator
  return (report, helper) =>
    edit([
      ...(isModule ? [{ at: reading.at, count: 2, words: spec.asModule(report, helper) }] : []),
      {
        at: spec.place === 'behind-program' ? reading.at + 1 : end,
        count: 0,
        words: spec.options(report, helper),
      },
    ])
}

function unknown(run: Command, line: CommandLine | null, reading: Reading | null): PlanProblem {
  const shown = [run].flat().join(' ')
  const known = `runner: ${runnerNames.join(' | ')}`
  if (!line)
    return {
      key: 'run',
      message: `cannot tell the test runner of a line of more than one command ("${shown}"): say ${known}`,
    }
  if (reading?.program === 'npm-script') {
    return {
      key: 'run',
      message: `"${shown}" starts a package script, which may run anything: name the test runner itself (npx jest, node --test), or say ${known}`,
    }
  }
  return { key: 'run', message: `cannot tell the test runner of "${shown}": say ${known}` }
}

function fill(run: Command, path: string): Command {
  return typeof run === 'string'
    ? run.replaceAll(placeholder, quote(path))
    : run.map(word => word.replaceAll(placeholder, path))
}

/** For a report that the user asked for in a format of his own choice. */
function parseAny(text: string, runner: RunnerName): TestReport {
  const start = text.trimStart().slice(0, 1)
  if (start === '<') return parseJunit(text, runner === 'pytest' ? 'pytest' : 'any')
  return start === '{' ? parseJest(text) : parseTap(text)
}

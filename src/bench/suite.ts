import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Bench, Size } from './bench.ts'

/** A suite of one task and one setup, and the program that runs it. */
export interface SuiteRun {
  folder: string
  /** Where its workspaces are while it runs. */
  work: string
  file: string
  start(trials: number): ChildProcess
  /** Runs it to its end. Throws unless it passes. */
  run(trials: number): Promise<OwnUse>
}

/** What the program's own process used, without those that it started. */
export interface OwnUse {
  cpuMs: number
  peakBytes: number
}

/** Written by the program as it ends, with no part of it changed. */
const reporter = `process.on('exit', () => require('node:fs').writeFileSync(
  process.env.BENCH_REPORT + '-' + process.pid, JSON.stringify(process.resourceUsage())))`

const Use = z.object({ userCPUTime: z.number(), systemCPUTime: z.number(), maxRSS: z.number() })

/** `agent` is the command of the agent. All trials that are asked for run at once, if `atOnce`. */
export async function openSuite(
  bench: Bench,
  options: { size: Size; agent: string | readonly string[]; atOnce?: boolean },
): Promise<SuiteRun> {
  const { path, commit } = await bench.repository(options.size)
  const folder = bench.folder('suite')
  const file = join(folder, 'suite.yaml')
  const work = join(folder, 'work')
  const preload = join(folder, 'report.cjs')
  const suite = {
    suite: 'bench',
    limits: { timeout: '30m' },
    sources: { repository: { git: path, commit } },
    setups: { one: { harness: { type: 'command', run: options.agent } } },
    tasks: [
      {
        id: 'nothing',
        source: 'repository',
        prompt: 'Do nothing.',
        graders: [{ type: 'diff', maxLines: 10 }],
      },
    ],
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(suite))
  writeFileSync(preload, reporter)
  const { level } = bench.sandbox.isolation

  let runs = 0
  const startAs = (trials: number, report: string): ChildProcess => {
    const most = options.atOnce ? ['--concurrency', `${trials}`] : []
    const args = ['run', file, '--trials', `${trials}`, '--isolation', level, ...most]
    return spawn(process.execPath, [bench.cli, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        TMPDIR: process.env['TMPDIR'],
        AGENT_EVAL_CACHE: bench.roots.cacheRoot,
        AGENT_EVAL_WORK: work,
        NODE_OPTIONS: `--require=${preload}`,
        BENCH_REPORT: report,
      },
    })
  }
  return {
    folder,
    work,
    file,
    start: trials => startAs(trials, join(folder, 'unused')),
    async run(trials) {
      const report = join(folder, `report-${runs++}`)
      const child = startAs(trials, report)
      let complaint = ''
      child.stderr?.on('data', chunk => (complaint += String(chunk)))
      const code = await new Promise(resolve => child.once('close', resolve))
      if (code !== 0) throw new Error(`agent-eval run: exit code ${String(code)}\n${complaint}`)
      return readUse(folder, report)
    },
  }
}

/** The program may be several processes of Node. */
function readUse(folder: string, report: string): OwnUse {
  const names = readdirSync(folder).map(name => join(folder, name))
  const uses = names
    .filter(name => name.startsWith(`${report}-`) && existsSync(name))
    .map(name => Use.parse(JSON.parse(readFileSync(name, 'utf8'))))
  if (uses.length === 0) throw new Error('the program reported no use')
  return {
    cpuMs: uses.reduce((sum, use) => sum + (use.userCPUTime + use.systemCPUTime) / 1000, 0),
    peakBytes: uses.reduce((sum, use) => sum + use.maxRSS * 1024, 0),
  }
}

import type { StoredRun } from '../contracts.ts'
import { UserError } from '../errors.ts'
import type { Level } from '../sandboxes/index.ts'
import type { AdaptiveOptions } from './adaptive-run.ts'
import type { BudgetOptions } from './budget.ts'
import type { ReportOptions } from './report.ts'
import { checkTapeOptions, type TapeOptions } from './tape.ts'

export interface RunOptions extends ReportOptions, BudgetOptions, AdaptiveOptions, TapeOptions {
  task?: string[]
  setup?: string[]
  tag?: string[]
  trials?: number
  concurrency?: number
  dryRun?: boolean
  gate?: boolean
  /** Commit whose rules hold; implies `gate`. */
  base?: string
  approve?: string[]
  strict?: boolean
  force?: boolean
  baseline?: string
  resume?: string
  isolation?: Level
}

/** With a base neither the working tree nor a run that it could have brought may decide. */
export function checkCombination(file: string | undefined, options: RunOptions): void {
  const { base, approve, baseline, resume } = options
  if (base === undefined && approve !== undefined)
    throw new UserError('--approve is about changes since a commit: name it, as in --base origin/main')
  if (base !== undefined && baseline !== undefined)
    throw new UserError('--base and --baseline exclude each other: the baseline is that of the commit')
  if (base !== undefined && resume !== undefined)
    throw new UserError('--base and --resume exclude each other: a gate trusts no run that it finds')
  checkTapeOptions(options)
  const { task, setup, tag, trials, record, replay } = options
  const given = {
    SUITE: file,
    '--task': task,
    '--setup': setup,
    '--tag': tag,
    '--trials': trials,
    '--record': record,
    '--replay': replay,
  }
  const ignored = Object.entries(given).find(([, value]) => value !== undefined)
  if (resume !== undefined && ignored)
    throw new UserError(
      `--resume finishes a run as it was planned: leave ${ignored[0]} out, or start a new run`,
    )
}

/** Throws UserError if none was named. */
export function suiteFile(file: string | undefined): string {
  if (file === undefined)
    throw new UserError(
      'which suite? Give its file: agent-eval run evals/SUITE.yaml (agent-eval init makes one)',
    )
  return file
}

/** A run has one isolation, which its report tells: it goes on with the one that it began with. */
export function asBefore({ manifest }: StoredRun, asked: Level | undefined): Level {
  const { level } = manifest.isolation
  if (asked === undefined || asked === level) return level
  throw new UserError(
    `run ${manifest.id} began at isolation "${level}" and cannot go on at another one: leave --isolation out, or start a new run`,
  )
}

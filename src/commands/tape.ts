import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { GatewayTrial, Sandbox, StoredRun } from '../contracts.ts'
import { cassetteFile } from '../core/tape/cassette.ts'
import { UserError } from '../errors.ts'
import type { Replayed } from '../model/run.ts'
import type { Setup, Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { tell, type Io } from './io.ts'
import { keyNamesOf, serviceAt } from './services.ts'
import type { families } from './wiring.ts'

export interface TapeOptions {
  record?: boolean
  replay?: string
  replayMode?: Replayed['mode']
}

/** What becomes of the model calls of a run. */
export interface Tape {
  record: boolean
  replay: Replayed | null
}

export const noTape: Tape = { record: false, replay: null }

/** Throws UserError for options that exclude each other. */
export function checkTapeOptions({
  record,
  replay,
  replayMode,
  base,
}: TapeOptions & { base?: string }): void {
  if (record && replay !== undefined)
    throw new UserError('--record and --replay exclude each other: a replay has its recording already')
  if (replayMode !== undefined && replay === undefined)
    throw new UserError('--replay-mode is about --replay: name a run, as in --replay latest')
  if (base !== undefined && replay !== undefined)
    throw new UserError(
      '--base and --replay exclude each other: a replay measures nothing a gate could judge',
    )
}

/** A run that goes on does what it began with. */
export async function tapeOf(
  { record = false, replay, replayMode = 'strict' }: TapeOptions,
  earlier: StoredRun | null,
  load: (reference: string) => Promise<StoredRun>,
): Promise<Tape> {
  if (earlier) return { record: earlier.manifest.recorded, replay: earlier.manifest.replay }
  if (replay === undefined) return { record, replay: null }
  const { manifest, folder } = await load(replay)
  return { record: false, replay: { run: manifest.id, folder, mode: replayMode } }
}

/** What the gateway is told for one trial. */
export function recordingOf(
  { record, replay }: Tape,
  trialId: string,
): Pick<GatewayTrial, 'record' | 'replay'> {
  return { record, replay: replay && { cassette: cassetteOf(replay, trialId), mode: replay.mode } }
}

function cassetteOf({ folder }: Replayed, trialId: string): string {
  return join(folder, 'trials', trialId, cassetteFile)
}

/** Throws UserError that lists the planned trials of which nothing was recorded: before the run, and all of them. */
export function checkCassettes(
  { replay }: Tape,
  suite: Suite,
  specs: readonly TrialSpec[],
  parts: typeof families & { sandbox: Sandbox },
  io: Io,
): void {
  if (!replay) return
  const isMetered = (setup: Setup | undefined): boolean =>
    setup !== undefined && serviceAt(parts.sandbox.isolation.level, setup, parts, io.env) !== null
  const through = specs.filter(spec => isMetered(suite.setups[spec.setup]))
  const missing = through.filter(({ id }) => !existsSync(cassetteOf(replay, id)))
  if (missing.length > 0) {
    const shown = missing.slice(0, 20).map(({ id }) => `  ${id}`)
    const more = missing.length > 20 ? [`  and ${missing.length - 20} more`] : []
    throw new UserError(
      `run ${replay.run} has no recording of ${missing.length} of ${specs.length} planned trials:\n${[...shown, ...more].join('\n')}\nRecord them (agent-eval run SUITE --record), or plan others with --task, --setup and --trials.`,
    )
  }
  const beside = [...new Set(specs.filter(spec => !through.includes(spec)).map(({ setup }) => setup))]
  const direct = beside.filter(name => suite.setups[name]?.harness.type !== 'scripted')
  if (direct.length > 0)
    tell(
      io,
      `warning: ${direct.join(', ')} ${direct.length === 1 ? 'goes its' : 'go their'} own way to the model, so nothing of it is replayed: it runs as it is.`,
    )
}

/** The environment of a replay, which needs no keys: what stands in for them is never sent anywhere. */
export function withoutNeedOfKeys({ replay }: Tape, suite: Suite, parts: typeof families, io: Io): Io {
  if (!replay) return io
  const names = Object.values(suite.setups).flatMap(setup => {
    const all = keyNamesOf(setup, parts, io.env)
    const isSet = all.some(name => io.env[name] || setup.env.set[name])
    return all.filter((name, i) => (i === 0 && !isSet) || setup.env.pass.includes(name))
  })
  const standIns = names.filter(name => !io.env[name]).map(name => [name, 'a-replay-needs-no-key'])
  return { ...io, env: { ...io.env, ...Object.fromEntries(standIns) } }
}

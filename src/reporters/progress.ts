import type { createLogUpdate } from 'log-update'
import type { ProgressReporter } from '../contracts.ts'
import { count, formatDuration } from './format.ts'
import { paintFor, type Paint } from './paint.ts'
import { endLine, heartbeatLine, liveLines, stayingLine } from './progress-lines.ts'
import { countTrial, startProgress, type ProgressState } from './progress-state.ts'
import { safeText } from './text.ts'
import { trialEnd } from './totals.ts'

export interface ProgressOptions {
  stream: NodeJS.WritableStream & { columns?: number; rows?: number }
  /** Draws lines over, on a terminal that is no CI log; null elsewhere. It is not imported here: that takes a moment. */
  drawOver: typeof createLogUpdate | null
  /** Milliseconds of a clock that never goes back. */
  clock: () => number
}

/** What writes for one kind of stream. */
interface Screen {
  line(text: string): void
  /** A trial that has just ended. */
  trial(trial: Parameters<NonNullable<ProgressReporter['onTrialEnd']>>[0]): void
  source(name: string, tookMs: number | null): void
  /** Something has changed, or a second has passed. */
  refresh(): void
  end(): void
}

/** With nothing to tell, a log gets a sign of life this often. */
const heartbeatMs = 30_000
const tickMs = 1000
/** Drawing more often than the eye can follow only costs time. */
const shortestDrawMs = 80

/**
 * Shows a run while it goes on. On a terminal: a line for each running trial and one of totals, drawn over and over; trials
 * that did not pass stay above. Elsewhere: one plain line for each ended trial, without any escape code.
 */
export function progressReporter({ stream, drawOver, clock }: ProgressOptions): ProgressReporter {
  let state = startProgress(0, clock())
  const now = (): ProgressState => state
  const screen = drawOver ? terminalScreen(stream, drawOver, clock, now) : plainScreen(stream, clock, now)
  let timer: NodeJS.Timeout | undefined

  return {
    onBatch(run, batch) {
      if (timer) {
        state.planned += batch.length
        screen.line(`${count(batch.length, 'more trial')}`)
        return screen.refresh()
      }
      state = startProgress(batch.length, clock())
      screen.line(`run ${safeText(run.id)}: ${count(batch.length, 'trial')}`)
      // The timer alone must not keep the program alive.
      timer = setInterval(() => screen.refresh(), tickMs).unref()
      screen.refresh()
    },
    onSource({ name }, what) {
      const since = state.preparing.get(name)?.sinceMs
      if (what === 'preparing') state.preparing.set(name, { sinceMs: clock() })
      else state.preparing.delete(name)
      if (what === 'preparing') screen.source(name, null)
      else if (since !== undefined) screen.source(name, clock() - since)
      screen.refresh()
    },
    onTrialStart({ id }) {
      state.running.set(id, { phase: null, sinceMs: clock() })
      screen.refresh()
    },
    onPhase({ id }, phase) {
      const trial = state.running.get(id)
      if (trial) trial.phase = phase
      screen.refresh()
    },
    onTrialEnd(trial) {
      countTrial(state, trial)
      screen.trial(trial)
      screen.refresh()
    },
    onRunEnd() {
      clearInterval(timer)
      screen.end()
    },
  }
}

function terminalScreen(
  stream: ProgressOptions['stream'],
  drawOver: typeof createLogUpdate,
  clock: () => number,
  now: () => ProgressState,
): Screen {
  // A hidden cursor would have to be shown again after every way in which the process can end.
  const live = drawOver(stream, { showCursor: true })
  const paint: Paint = paintFor({ isTTY: true }, process.env)
  let drawnMs = -Infinity
  let pending: NodeJS.Timeout | undefined
  const columns = (): number => (stream.columns ?? 80) - 1
  const draw = (): void => {
    pending = undefined
    drawnMs = clock()
    live(liveLines(now(), clock(), { columns: columns(), rows: stream.rows ?? 24, paint }).join('\n'))
  }
  const refresh = (): void => {
    const waitMs = drawnMs + shortestDrawMs - clock()
    if (waitMs <= 0) draw()
    else pending ??= setTimeout(draw, waitMs).unref()
  }
  const stay = (text: string): void => {
    live.persist(text)
    draw()
  }
  return {
    line: text => stay(paint.quiet(text)),
    trial(trial) {
      if (trialEnd(trial) !== 'passed') stay(stayingLine(trial, paint, columns()))
    },
    // The live lines show it while it goes on.
    source: () => undefined,
    refresh,
    end() {
      clearTimeout(pending)
      live.clear()
      live.done()
    },
  }
}

function plainScreen(
  stream: ProgressOptions['stream'],
  clock: () => number,
  now: () => ProgressState,
): Screen {
  let writtenMs = clock()
  const line = (text: string): void => {
    writtenMs = clock()
    stream.write(`${text}\n`)
  }
  return {
    line,
    trial: trial => line(endLine(now(), trial)),
    source: (name, tookMs) =>
      line(
        `source ${safeText(name)}: ${tookMs === null ? 'preparing' : `ready after ${formatDuration(tookMs)}`}`,
      ),
    refresh() {
      const { running, preparing } = now()
      if (running.size + preparing.size > 0 && clock() - writtenMs >= heartbeatMs) {
        line(heartbeatLine(now(), clock()))
      }
    },
    end: () => undefined,
  }
}

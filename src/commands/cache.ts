import { exitCodes, type ExitCode } from '../errors.ts'
import { columns } from '../reporters/lists.ts'
import { safeText } from '../reporters/text.ts'
import { formatAge, formatBytes } from '../util/quantity.ts'
import { checkEntry } from '../workspaces/cache-check.ts'
import { listCache, type CacheEntry } from '../workspaces/cache-entries.ts'
import { choosePruned, removeEntry } from '../workspaces/cache-remove.ts'
import { cacheLimit } from './disk.ts'
import { folders } from './folders.ts'
import { answer, answerJson, tell, type Io } from './io.ts'

/** `agent-eval cache list`: what the cache holds, the most recently used first. */
export async function list(options: { json?: boolean }, io: Io): Promise<ExitCode> {
  const { cache } = folders(io)
  const entries = await listCache(cache)
  const bytes = sumOf(entries)
  if (options.json) answerJson(io, { folder: cache, bytes, entries: entries.map(shownEntry) })
  else {
    if (entries.length > 0)
      answer(
        io,
        columns(
          entries.map(entry => [entry.kind, formatBytes(entry.bytes), age(entry), titleOf(entry)]),
          io.stdout.columns,
        ),
      )
    tell(
      io,
      `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'}, ${formatBytes(bytes)} in ${cache}`,
    )
  }
  return exitCodes.pass
}

/** `agent-eval cache verify`: whether what is kept is still what was put there. Exit code 1 if something is not. */
export async function verify(options: { fix?: boolean; json?: boolean }, io: Io): Promise<ExitCode> {
  const { cache } = folders(io)
  const checkable = (await listCache(cache)).filter(({ kind }) =>
    ['mirror', 'checkout', 'prepared', 'folder'].includes(kind),
  )
  const results: { entry: CacheEntry; mistakes: string[] | null; removed: boolean }[] = []
  for (const entry of checkable) {
    const mistakes = await checkEntry(cache, entry)
    const isDamaged = mistakes !== null && mistakes.length > 0
    const removed = isDamaged && options.fix === true && (await removeEntry(cache, entry))
    results.push({ entry, mistakes, removed })
  }
  const damaged = results.filter(({ mistakes }) => mistakes !== null && mistakes.length > 0)
  const busy = results.filter(({ mistakes }) => mistakes === null)
  if (options.json) {
    const shown = results.map(({ entry, mistakes, removed }) => ({
      ...shownEntry(entry),
      state: mistakes === null ? 'busy' : mistakes.length > 0 ? 'damaged' : 'good',
      mistakes: mistakes ?? [],
      removed,
    }))
    answerJson(io, { folder: cache, entries: shown })
  } else {
    for (const { entry, mistakes, removed } of damaged) {
      answer(io, safeText(`damaged  ${entry.path}  ${titleOf(entry)}`))
      for (const mistake of mistakes ?? []) answer(io, safeText(`  ${mistake}`))
      if (removed) answer(io, '  removed: it is made anew when it is needed')
      else if (options.fix) answer(io, '  not removed: a run uses it now. Verify again when that has ended')
    }
    for (const { entry } of busy) tell(io, `not checked, it is being built now: ${entry.path}`)
    tell(
      io,
      `${checkable.length - damaged.length - busy.length} of ${checkable.length} entries are as they were made`,
    )
    if (damaged.length > 0) {
      tell(
        io,
        `Results that were measured with a damaged entry may be wrong: run them again.` +
          (options.fix ? '' : ' Remove the damaged entries: agent-eval cache verify --fix'),
      )
    }
  }
  return damaged.length > 0 ? exitCodes.regressed : exitCodes.pass
}

export interface PruneOptions {
  maxSize?: number
  olderThan?: number
  dryRun?: boolean
  json?: boolean
}

/** `agent-eval cache prune`: removes what was not used for longest, never what a run uses now. */
export async function prune(options: PruneOptions, io: Io): Promise<ExitCode> {
  const { cache } = folders(io)
  const entries = await listCache(cache)
  const limits = {
    maxBytes: options.maxSize ?? (options.olderThan === undefined ? cacheLimit(io) : null),
    olderThanMs: options.olderThan ?? null,
  }
  const removed: CacheEntry[] = []
  const kept: CacheEntry[] = []
  for (const entry of choosePruned(entries, limits, Date.now())) {
    if (options.dryRun || (await removeEntry(cache, entry))) removed.push(entry)
    else kept.push(entry)
  }
  const freedBytes = sumOf(removed)
  const leftBytes = sumOf(entries) - freedBytes
  if (options.json) {
    const dryRun = options.dryRun === true
    answerJson(io, {
      folder: cache,
      dryRun,
      freedBytes,
      leftBytes,
      removed: removed.map(shownEntry),
      inUse: kept.map(shownEntry),
    })
  } else {
    const word = options.dryRun ? 'would remove' : 'removed'
    for (const entry of removed) answer(io, `${word}  ${line(entry)}`)
    for (const entry of kept) tell(io, `kept, it is in use now  ${line(entry)}`)
    tell(
      io,
      `${options.dryRun ? 'would free' : 'freed'} ${formatBytes(freedBytes)}, ${formatBytes(leftBytes)} left in ${cache}`,
    )
    if (!options.dryRun && limits.maxBytes !== null && leftBytes > limits.maxBytes)
      tell(io, `That is more than ${formatBytes(limits.maxBytes)}: what is left is in use.`)
  }
  return exitCodes.pass
}

function line(entry: CacheEntry): string {
  return `${entry.kind}  ${formatBytes(entry.bytes)}  ${age(entry)}  ${titleOf(entry)}`
}

function titleOf({ about, name }: CacheEntry): string {
  const commands = about.prepare?.map(command => (typeof command === 'string' ? command : command.join(' ')))
  const parts = [
    about.git ?? about.folder ?? name,
    ...(about.commit === undefined ? [] : [`@ ${about.commit.slice(0, 12)}`]),
    ...(about.history === 'none' ? ['(without history)'] : []),
    ...(commands === undefined || commands.length === 0 ? [] : [`prepared by: ${commands.join('; ')}`]),
  ]
  return safeText(parts.join(' ').replaceAll('\n', ' '))
}

const age = ({ usedAt }: CacheEntry): string => formatAge(Date.now() - Date.parse(usedAt))

function shownEntry({ kind, name, path, about, bytes, usedAt }: CacheEntry): object {
  return { kind, name, path, ...about, bytes, usedAt }
}

function sumOf(entries: readonly CacheEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0)
}

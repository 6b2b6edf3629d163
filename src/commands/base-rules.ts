import { dirname, relative, resolve, sep } from 'node:path'
import { approve, digestOf } from '../core/approval.ts'
import { UserError } from '../errors.ts'
import type { Baseline } from '../model/baseline.ts'
import type { Rules } from '../model/rules.ts'
import type { Gate, Suite } from '../model/suite.ts'
import { combineSuites } from '../suite/combine.ts'
import { commitCopy, type Copy } from '../suite/copy.ts'
import { ruleChanges } from '../suite/rule-changes.ts'
import { sourceFolders } from '../suite/source-folders.ts'
import { testedDifferences } from '../suite/under-test.ts'
import { exportCommit } from '../util/git-export.ts'
import {
  findRepository,
  hasFile,
  isInPastOf,
  resolveCommit,
  type Repository,
} from '../util/git-repository.ts'
import { openWorkRoot } from '../workspaces/work-root.ts'
import { readBaseline } from './baseline-file.ts'
import { folders } from './folders.ts'
import type { Io } from './io.ts'
import { refuseCommittedFolders } from './committed-folders.ts'
import { load } from './wiring.ts'

/** What a gate runs and judges by where a commit makes the rules. */
export interface RuledSuite {
  suite: Suite
  baseline: Baseline
  rules: Rules
  /** The setups as the commit has them. */
  before: Suite['setups']
  /** The thresholds and baseline of the working tree, where they differ and are not approved. */
  head: { gate: Gate; baseline: Baseline } | null
  warnings: string[]
}

/**
 * Loads a suite by the rules of a commit: all of it comes from that commit's objects, and from the working tree only what is
 * under test, and what was approved. Throws UserError where either side cannot be had: nothing is taken for granted.
 */
export async function loadByBase(
  file: string,
  options: { base: string; approve?: string[] },
  io: Io,
): Promise<RuledSuite> {
  const repository = await findRepository(io.cwd)
  if (!repository) throw new UserError(`--base ${options.base}: ${io.cwd} is in no git repository`)
  const path = resolve(io.cwd, file)
  await refuseCommittedFolders(repository, folders(io))
  const base = { name: options.base, commit: await resolveCommit(repository, options.base) }
  await checkThere(path, base, repository)

  const suite = await load(path, io)
  const fromBase = await loadFrom(path, base, repository, io)
  const ownBaseline = await readBaseline(suite.gate.baseline, suite.name, io).catch(unreadable)

  const found = ruleChanges(fromBase, { suite, baseline: ownBaseline })
  const { changes, unknown } = approve(found, options.approve ?? [])
  refuseUnknown(unknown, changes)
  const isApproved = (item: string): boolean =>
    changes.some(change => change.item === item && change.approved)
  const combined = combineSuites(fromBase.suite, suite, isApproved)
  if (Object.keys(combined.setups).length === 0 || combined.tasks.length === 0)
    throw new UserError(
      'with all these removals approved nothing is left to run: a gate cannot pass on nothing',
    )
  const differs = changes.some(
    ({ item, approved }) => !approved && ['baseline', 'margin', 'strict'].includes(item),
  )
  return {
    suite: combined,
    // An approved baseline that cannot be read is told as any other.
    baseline: isApproved('baseline')
      ? await readBaseline(suite.gate.baseline, suite.name, io)
      : fromBase.baseline,
    before: fromBase.suite.setups,
    rules: { base, underTest: underTestOf(fromBase.suite, suite), changes },
    head: differs && ownBaseline ? { gate: suite.gate, baseline: ownBaseline } : null,
    warnings: [
      ...unknown.map(
        word => `--approve ${word} approves nothing: it was given for other changes than there are now.`,
      ),
      ...(await staleness(base, repository, changes.length > 0)),
    ],
  }
}

/** A word that names nothing is a mistake; digits that stood for all changes are outdated by the next one. */
function refuseUnknown(unknown: readonly string[], changes: Rules['changes']): void {
  const misspelled = unknown.filter(word => !/^[0-9a-f]{32}$/.test(word))
  if (misspelled.length === 0) return
  const items = changes.map(({ item }) => item)
  const words = misspelled.join(', ')
  throw new UserError(
    items.length === 0
      ? `--approve ${words}: nothing can be approved, as no rule differs from the base. Leave it out`
      : `--approve ${words}: there is no such change. What can be approved: ${items.join(', ')}, or all of them as they are now: ${digestOf(changes)}`,
  )
}

/** Why a stored run is not judged again: its baseline is not on the disk, and what was approved may not be any more. */
export function onlyOnce(runId: string, { base }: Rules): string {
  return `run ${runId} was made by the rules of ${base.name}, for one verdict: make a new one with agent-eval run SUITE --base ${base.name}`
}

/** The suite and its baseline as the commit has them. */
async function loadFrom(
  path: string,
  { commit }: Rules['base'],
  repository: Repository,
  io: Io,
): Promise<{ suite: Suite; baseline: Baseline }> {
  const workRoot = await openWorkRoot(folders(io).work)
  try {
    const exported = await exportCommit(repository, commit, workRoot.path)
    const copy = commitCopy(repository.root, exported.folder, commit)
    // A repository can be large: all that a suite names stands in its folder, but for its sources.
    await exported.write([insideOf(repository, dirname(path))])
    const sources = sourceFolders(path, copy).map(folder => insideOf(repository, folder))
    await exported.write(sources.filter(folder => !folder.startsWith('..')))
    const suite = await load(path, io, copy)
    return { suite, baseline: await baselineFrom(suite, copy, io) }
  } finally {
    await workRoot.close()
  }
}

function baselineFrom({ name, gate }: Suite, copy: Copy, io: Io): Promise<Baseline> {
  if (gate.baseline === null) return readBaseline(null, name, io)
  return readBaseline(copy.copyOf(gate.baseline), name, io, copy.show)
}

async function checkThere(path: string, base: Rules['base'], repository: Repository): Promise<void> {
  const inside = insideOf(repository, path)
  if (inside.startsWith('..'))
    throw new UserError(
      `${path} is outside of the repository ${repository.root}: run from the suite's own repository`,
    )
  if (await hasFile(repository, base.commit, inside)) return
  throw new UserError(
    `${inside} is not in ${base.name} (${base.commit.slice(0, 7)}), so there are no rules to judge it by. ` +
      'A new suite is run without --base until it is merged with its first baseline; a suite that moved is given its old path until then.',
  )
}

/** As git names it. */
function insideOf({ root }: Repository, path: string): string {
  return relative(root, path).split(sep).join('/')
}

function underTestOf(base: Suite, head: Suite): string[] {
  return Object.values(head.setups).flatMap(setup => {
    const before = base.setups[setup.name]
    return before ? testedDifferences(before, setup).map(difference => `${setup.name}: ${difference}`) : []
  })
}

/** Whatever happened on the base since a branch left it looks as if the branch had taken it back. */
async function staleness(base: Rules['base'], repository: Repository, isChanged: boolean): Promise<string[]> {
  if (!isChanged || (await isInPastOf(repository, base.commit, 'HEAD'))) return []
  return [
    `${base.name} has commits that are not in HEAD, which look like changes here: merge or rebase onto it first.`,
  ]
}

/** What is wrong with the working tree's own baseline is one of its changes, and stops nothing. */
function unreadable(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}

import type { Limits, Setup, Suite } from '../model/suite.ts'
import { checkMapping, type Checking } from './check.ts'
import { isMapping, type JsonSchema } from './guide.ts'
import { toJsonSchema } from './json-schema.ts'
import { Id } from './names.ts'
import { baseOf, tryFile, type Reading } from './reading.ts'
import { partsOf, suiteSchema, type Plugins } from './schema.ts'
import { mergeSetups } from './setup-chains.ts'
import { finishSetup } from './setups.ts'
import { checkSource, type CheckedSource } from './sources.ts'
import { blameKey, blameValue, inside, isThere, valueAt, type Spot } from './spot.ts'
import { checkTasks, mergeLimits, type CheckedTask } from './tasks.ts'
import { checkVary } from './vary.ts'
import { found } from './words.ts'
import type { YamlFile } from './yaml.ts'

const defaultLimits: Limits = { timeoutMs: 15 * 60_000, maxCostUsd: null, maxTurns: null }

/** Nobody compares so many. */
const mostNames = 5000

/** A suite whose folders are not yet turned into commits. */
export interface CheckedSuite {
  frame: Pick<Suite, 'name' | 'description' | 'tags' | 'trials' | 'vary' | 'gate' | 'isolation' | 'budget'>
  sources: CheckedSource[]
  setups: Record<string, Setup>
  tasks: CheckedTask[]
}

/** Checks a suite file piece by piece and reads the files that it names. What comes back is whole if no mistake was told. */
export function checkSuite(file: YamlFile, plugins: Plugins, reading: Reading): CheckedSuite | null {
  const { mistakes } = reading
  const root: Spot = { file, path: [] }
  if (!isMapping(file.value)) {
    blameValue(
      mistakes,
      root,
      () =>
        `expected a suite (a mapping with "suite", "sources", "setups" and "tasks"), got ${found(file.value)}`,
    )
    return null
  }
  const schema = suiteSchema(plugins)
  const parts = partsOf(schema)
  let guide: JsonSchema | undefined
  const checking: Checking = { mistakes, guide: () => (guide ??= toJsonSchema(schema)) }

  const draft = checkMapping(parts.frame, root, checking, ['sources', 'setups', 'tasks']) ?? {}
  const namesOfSources = namesIn(inside(root, 'sources'), checking)
  const sources = namesOfSources
    .filter(() => !mistakes.areEnough())
    .map(name => checkSource(name, inside(root, 'sources', name), parts, { ...checking, copy: reading.copy }))
  if (draft.isolation === 'container') blameWithoutImage(namesOfSources, root, checking)
  const namesOfSetups = namesIn(inside(root, 'setups'), checking)
  const setups = mergeSetups(inside(root, 'setups'), namesOfSetups, parts, checking, reading).map(merged => ({
    merged,
    setup: finishSetup(merged, plugins, reading),
  }))
  if (draft.vary) checkVary(draft.vary, setups, mistakes)
  const limits = mergeLimits(defaultLimits, draft.limits)
  const tasks = checkTasks(inside(root, 'tasks'), {
    parts,
    graders: plugins.graders,
    sources: new Set(namesOfSources),
    limits,
    checking,
    reading,
  })
  return {
    frame: {
      name: draft.suite ?? '',
      description: draft.description ?? null,
      tags: draft.tags ?? [],
      trials: draft.trials ?? 1,
      vary: draft.vary ?? null,
      gate: gateOf(draft.gate, inside(root, 'gate'), reading),
      isolation: draft.isolation ?? null,
      budget: draft.budget ?? null,
    },
    sources,
    setups: Object.fromEntries(setups.map(({ setup }) => [setup.name, setup])),
    tasks,
  }
}

function blameWithoutImage(sources: readonly string[], root: Spot, { mistakes }: Checking): void {
  for (const name of sources) {
    const image = inside(root, 'sources', name, 'image')
    if (isMapping(valueAt(inside(root, 'sources', name))) && !isThere(image))
      blameKey(
        mistakes,
        image,
        () => 'missing key "image": "isolation: container" needs one for every source',
      )
  }
}

/** Names of the entries of a mapping, each checked; there must be one at least. */
function namesIn(spot: Spot, { mistakes }: Checking): string[] {
  const value = valueAt(spot)
  if (!isMapping(value)) return []
  const names = Object.keys(value)
  if (names.length === 0)
    blameValue(mistakes, spot, () => 'expected at least one entry, got an empty mapping')
  if (names.length > mostNames) {
    blameValue(mistakes, spot, () => `too large: more than ${mostNames.toLocaleString('en')} entries`)
    return []
  }
  for (const name of names) {
    const checked = Id.safeParse(name)
    if (!checked.success)
      blameKey(mistakes, inside(spot, name), () => checked.error.issues[0]?.message ?? 'not a name')
  }
  return names
}

function gateOf(
  gate: { baseline?: string | undefined; margin: number; strict: boolean } | undefined,
  spot: Spot,
  reading: Reading,
): Suite['gate'] {
  const path = gate?.baseline
  const named = inside(spot, 'baseline')
  const baseline =
    path === undefined ? null : tryFile(named, reading, () => reading.folder.place(path, baseOf(named)))
  return { baseline: baseline ?? null, margin: gate?.margin ?? 10, strict: gate?.strict ?? false }
}

import { didYouMean } from '../util/nearest.ts'
import { checkMapping, type Checking } from './check.ts'
import { isMapping, type JsonSchema } from './guide.ts'
import { toJsonSchema } from './json-schema.ts'
import { baseOf, tryFile, type Reading } from './reading.ts'
import { setupKeys, type partsOf, type SetupDraft, type SetupKey } from './schema.ts'
import { blameValue, inside, valueAt, type Spot } from './spot.ts'
import { found, quoted } from './words.ts'
import { largestFileBytes, readYaml } from './yaml.ts'

/** One key of a setup, and where it was written: in the setup itself or in one that it extends. */
export interface Part<Key extends SetupKey = SetupKey> {
  value: NonNullable<SetupDraft[Key]>
  spot: Spot
}

/** A setup with the keys of those that it extends. */
export interface MergedSetup {
  name: string
  /** Where the suite names it. */
  spot: Spot
  parts: { [Key in SetupKey]?: Part<Key> }
  /** Nothing is missing from `parts` because of a mistake that was told already. */
  isWhole: boolean
}

/** A setup as it is written in one place. */
interface Entry {
  label: string
  spot: Spot
  draft: SetupDraft
  /** All of its keys were as they should be. */
  isWhole: boolean
}

/** A longer chain is a mistake, or made to take time. */
const mostLevels = 32

/** Reads all setups of a suite, those in files too, and follows `extends`. */
export function mergeSetups(
  all: Spot,
  names: readonly string[],
  { setup: schema }: Pick<ReturnType<typeof partsOf>, 'setup'>,
  checking: Checking,
  reading: Reading,
): MergedSetup[] {
  const { mistakes } = checking
  const files = new Map<string, Entry | null>()
  const entries = new Map<string, Entry | null>()
  const known = new Set(names)
  const inCircles = new Set<Entry>()
  let setupGuide: JsonSchema | undefined

  function entryOf(name: string): Entry | null {
    const known = entries.get(name)
    if (known !== undefined) return known
    const spot = inside(all, name)
    const value = valueAt(spot)
    const entry = typeof value === 'string' ? fileEntry(value, spot) : entryAt(spot, name, checking.guide)
    entries.set(name, entry)
    return entry
  }

  function entryAt(spot: Spot, label: string, guide: () => JsonSchema): Entry {
    const value = valueAt(spot)
    if (isMapping(value)) {
      const draft = checkMapping(schema, spot, { mistakes, guide }) ?? {}
      return { label, spot, draft, isWhole: Object.keys(value).every(key => Object.hasOwn(draft, key)) }
    }
    blameValue(
      mistakes,
      spot,
      () => `expected a setup (a mapping with "harness" and so on), got ${found(value)}`,
    )
    return { label, spot, draft: {}, isWhole: false }
  }

  function fileEntry(path: string, spot: Spot): Entry | null {
    const bytes = tryFile(spot, reading, () => reading.folder.bytes(path, baseOf(spot), largestFileBytes))
    if (!bytes) return null
    const known = files.get(bytes.real)
    if (known !== undefined) return known
    const file = readYaml({ path: bytes.path, shown: reading.show(bytes.path) }, bytes.bytes, mistakes)
    const entry = file && entryAt({ file, path: [] }, path, () => (setupGuide ??= toJsonSchema(schema)))
    files.set(bytes.real, entry)
    return entry
  }

  /** Null where it extends nothing, undefined where what it extends cannot be had. */
  function parentOf(entry: Entry): Entry | null | undefined {
    const { extends: parent } = entry.draft
    const spot = inside(entry.spot, 'extends')
    if (typeof parent !== 'string') return null
    if (isFilePath(parent)) return fileEntry(parent, spot) ?? undefined
    if (known.has(parent)) return entryOf(parent) ?? undefined
    blameValue(mistakes, spot, () => `unknown setup ${quoted(parent)}${didYouMean(parent, names)}`)
    return undefined
  }

  function merge(name: string): MergedSetup {
    const spot = inside(all, name)
    const { chain, isWhole } = followed(entryOf(name))
    const parts: MergedSetup['parts'] = {}
    // From the oldest ancestor on, so that the child's key replaces the parent's; null takes it away.
    for (const { draft, spot: place } of chain.toReversed()) {
      for (const key of setupKeys) {
        if (draft[key] === undefined) continue
        if (draft[key] === null) delete parts[key]
        else Object.assign(parts, { [key]: { value: draft[key], spot: inside(place, key) } satisfies Part })
      }
    }
    return { name, spot, parts, isWhole }
  }

  /** A setup, what it extends, what that extends, and so on. */
  function followed(first: Entry | null): { chain: Entry[]; isWhole: boolean } {
    const chain: Entry[] = []
    let entry = first ?? undefined
    while (entry) {
      if (chain.includes(entry)) {
        tellCircle(chain.slice(chain.indexOf(entry)))
        return { chain, isWhole: false }
      }
      if (chain.length === mostLevels) {
        blameValue(
          mistakes,
          inside(first?.spot ?? all, 'extends'),
          () => `extends more than ${mostLevels} setups, one through the other`,
        )
        return { chain, isWhole: false }
      }
      chain.push(entry)
      const parent = parentOf(entry)
      if (parent === null) return { chain, isWhole: chain.every(one => one.isWhole) }
      entry = parent
    }
    return { chain, isWhole: false }
  }

  /** Once for each circle, at the first of its setups. */
  function tellCircle(circle: readonly Entry[]): void {
    const [first] = circle
    if (!first || circle.some(entry => inCircles.has(entry))) return
    for (const entry of circle) inCircles.add(entry)
    const labels = [...circle, first].map(({ label }) => label)
    blameValue(
      mistakes,
      inside(first.spot, 'extends'),
      () => `"extends" goes in a circle: ${labels.join(' -> ')}`,
    )
  }

  const merged: MergedSetup[] = []
  for (const name of names) if (!mistakes.areEnough()) merged.push(merge(name))
  return merged
}

/** Setups of the suite have plain names; a file is named by its path. */
function isFilePath(name: string): boolean {
  return /[/\\]|\.ya?ml$/i.test(name)
}

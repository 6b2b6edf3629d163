import type { Setup } from '../model/suite.ts'
import { canonicalJson } from '../util/json.ts'
import type { Mistakes } from './mistakes.ts'
import { setupKeys, type SetupKey } from './schema.ts'
import type { MergedSetup } from './setup-chains.ts'
import { blameKey } from './spot.ts'
import { quoted } from './words.ts'

/**
 * Tells every difference between the setups that the suite does not mean to measure: a comparison of setups that differ in
 * two things says nothing of either. Each setup is compared with the first one.
 */
export function checkVary(
  vary: readonly SetupKey[],
  setups: readonly { merged: MergedSetup; setup: Setup }[],
  mistakes: Mistakes,
): void {
  const [first, ...others] = setups
  if (!first) return
  for (const key of setupKeys) {
    if (vary.includes(key)) continue
    const expected = canonicalJson(first.setup[key])
    for (const { merged, setup } of others) {
      if (canonicalJson(setup[key]) === expected) continue
      blameKey(mistakes, merged.parts[key]?.spot ?? merged.spot, () =>
        differs(setup.name, first.setup.name, key),
      )
    }
  }
}

function differs(name: string, first: string, key: SetupKey): string {
  return `setup ${quoted(name)} differs from ${quoted(first)} in "${key}", which "vary" does not list: add it there, or make them equal`
}

import type { Setup } from '../model/suite.ts'
import { canonicalJson } from '../util/json.ts'
import type { Mistakes } from './mistakes.ts'
import { setupKeys, type SetupKey } from './schema.ts'
import type { YamlFile } from './yaml.ts'

/** Setups may differ only in what `vary` names: whatever else differs would be taken for its effect. */
export function checkVary(
  setups: readonly Setup[],
  vary: readonly SetupKey[],
  file: YamlFile,
  mistakes: Mistakes,
): void {
  const [first, ...others] = setups
  if (!first) return
  for (const other of others) {
    for (const key of setupKeys) {
      if (vary.includes(key) || canonicalJson(first[key]) === canonicalJson(other[key])) continue
      mistakes.add(
        file.path,
        file.place(['setups', other.name, key], undefined),
        `setup ${other.name} differs from ${first.name} in "${key}", which "vary" does not name: make them alike, or add ${key} to vary`,
      )
    }
  }
}

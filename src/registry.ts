import { UserError } from './errors.ts'
import type { Grader, Harness } from './contracts.ts'

/** Plug-ins of one family by the name that suites use. The configuration type of each is known only to itself. */
export type Registry<T> = Readonly<Record<string, T>>

/** Keeps a harness's configuration type inside its file. */
export function defineHarness<Config>(harness: Harness<Config>): Harness<Config> {
  return harness
}

/** Keeps a grader's configuration type inside its file. */
export function defineGrader<Config>(grader: Grader<Config>): Grader<Config> {
  return grader
}

/** Looks a plug-in up. Throws UserError that lists the known names. */
export function pick<T>(registry: Registry<T>, name: string, family: string): T {
  if (!Object.hasOwn(registry, name)) {
    throw new UserError(`unknown ${family} "${name}", known: ${Object.keys(registry).toSorted().join(', ')}`)
  }
  return registry[name] as T
}

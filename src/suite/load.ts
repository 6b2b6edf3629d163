import { dirname } from 'node:path'
import type { Grader, Harness } from '../contracts.ts'
import type { Suite } from '../model/suite.ts'
import type { Registry } from '../registry.ts'
import { SuiteFiles, realFile } from './files.ts'
import { suiteFingerprint } from './fingerprints.ts'
import { Mistakes } from './mistakes.ts'
import { SuiteHead, headKeys } from './schema.ts'
import { readSetups } from './setups.ts'
import { readShape } from './shape.ts'
import { readSources } from './sources.ts'
import { readTasks } from './tasks.ts'
import { checkVary } from './vary.ts'
import { readYaml, type YamlFile } from './yaml.ts'

export interface LoadParts {
  harnesses: Registry<Harness>
  graders: Registry<Grader>
  /** Where folders are kept that became repositories. */
  cacheRoot: string
}

/**
 * Reads a suite with all files it names. Throws InvalidInput with every mistake, each at its place, before anything runs;
 * nothing outside of the suite's folder is read but its sources.
 */
export async function loadSuite(path: string, { harnesses, graders, cacheRoot }: LoadParts): Promise<Suite> {
  const mistakes = new Mistakes(process.cwd())
  const file = await readYaml(await realFile(path), mistakes)
  const head = file && readHead(file, mistakes)
  if (!file || !head) {
    mistakes.throwIfAny()
    throw new Error(`${path} could not be read, and no mistake was found`)
  }

  const files = new SuiteFiles(dirname(file.path), mistakes)
  const sources = await readSources(head.sources, file, { cacheRoot, mistakes })
  const setups = await readSetups(head.setups, file, { harnesses, files, mistakes })
  const limits = head.limits ?? {}
  const sourceNames = Object.keys(head.sources)
  const tasks = await readTasks(head.tasks, file, { graders, sources, sourceNames, limits, files, mistakes })
  for (const kind of ['sources', 'setups'] as const) {
    if (Object.keys(head[kind]).length === 0)
      mistakes.add(file.path, file.place([kind]), `${kind}: expected at least one`)
    checkTwins(Object.keys(head[kind]), kind, file, mistakes)
  }
  if (head.vary) checkVary(Object.values(setups), head.vary, file, mistakes)
  const baseline = head.gate?.baseline
  const baselinePath =
    baseline === undefined ? null : files.locate(baseline, { file, path: ['gate', 'baseline'] })
  mistakes.throwIfAny()

  return {
    name: head.suite,
    description: head.description ?? null,
    file: file.path,
    tags: head.tags ?? [],
    trials: head.trials ?? 3,
    sources,
    setups,
    vary: head.vary ?? null,
    tasks,
    gate: { baseline: baselinePath, margin: head.gate?.margin ?? 10, strict: head.gate?.strict ?? false },
    isolation: head.isolation ?? null,
    fingerprint: suiteFingerprint(tasks, setups),
  }
}

/** Where the head has a mistake, the large parts are still read, so that theirs are told with it. */
function readHead(file: YamlFile, mistakes: Mistakes): SuiteHead | null {
  const head = readShape(SuiteHead, file.data, file, [], mistakes)
  if (head) return head
  const { data } = file
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return null
  const valid = Object.entries(data).filter(([key, value]) => {
    if (key === 'sources' || key === 'setups')
      return value !== null && typeof value === 'object' && !Array.isArray(value)
    if (key === 'tasks') return Array.isArray(value)
    return key in headKeys && SuiteHead.shape[key as keyof typeof headKeys].safeParse(value).success
  })
  return (
    SuiteHead.safeParse({
      suite: 'unnamed',
      sources: {},
      setups: {},
      tasks: [null],
      ...Object.fromEntries(valid),
    }).data ?? null
  )
}

/** Names become folders, and not every file system tells A from a. */
function checkTwins(names: readonly string[], kind: string, file: YamlFile, mistakes: Mistakes): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      mistakes.add(
        file.path,
        file.place([kind], name),
        `"${name}" differs from another name in upper and lower case only`,
      )
    seen.add(name.toLowerCase())
  }
}

import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Source, Suite } from '../model/suite.ts'
import { checkSuite, type CheckedSuite } from './check-suite.ts'
import { suiteFingerprint, taskFingerprint } from './fingerprints.ts'
import { noCopy, type Copy } from './copy.ts'
import { collectMistakes, type Mistakes } from './mistakes.ts'
import type { Plugins } from './schema.ts'
import { finishSource } from './sources.ts'
import { FileMistake, isSystemError, openSuiteFolder, read } from './suite-folder.ts'
import { largestFileBytes, readYaml, type YamlFile } from './yaml.ts'

export interface LoadOptions extends Plugins {
  cacheRoot: string
  /** Where all files are read in place of where the suite stands; the loaded suite names the originals. */
  copy?: Copy
}

/**
 * Reads a suite file and everything that it names. Throws InvalidInput with all mistakes of all its files at once; until
 * there are none, nothing is written and no program is started. Then folders that are sources become commits in the cache.
 */
export async function loadSuite(file: string, options: LoadOptions): Promise<Suite> {
  const copy = options.copy ?? noCopy
  const path = copy.copyOf(resolve(file))
  const checked = readAndCheck(path, options, copy)
  const sources: Record<string, Source> = {}
  for (const source of checked.sources) sources[source.name] = await finishSource(source, options.cacheRoot)
  const tasks = checked.tasks.map(task => {
    const source = sources[task.source]
    if (!source) throw new Error(`source ${task.source} of task ${task.id} was not checked`)
    return { ...task, fingerprint: taskFingerprint(task, source) }
  })
  const { setups, frame } = checked
  const { baseline } = frame.gate
  return {
    ...frame,
    file: copy.originalOf(path),
    gate: { ...frame.gate, baseline: baseline === null ? null : copy.originalOf(baseline) },
    sources,
    setups,
    tasks,
    fingerprint: suiteFingerprint(tasks, setups),
  }
}

function readAndCheck(path: string, plugins: Plugins, copy: Copy): CheckedSuite {
  const mistakes = collectMistakes()
  const show = (shown: string): string => copy.show(shown)
  const suiteFile = readSuiteFile(path, mistakes, show)
  const checked =
    suiteFile &&
    checkSuite(suiteFile, plugins, { folder: openSuiteFolder(dirname(path)), mistakes, show, copy })
  mistakes.throwIfAny()
  if (!checked) throw new Error(`${path} was neither read nor refused`)
  return checked
}

/** Whoever starts the program chose this file, so it may be a link to anywhere; the files that it names may not. */
function readSuiteFile(path: string, mistakes: Mistakes, show: Copy['show']): YamlFile | null {
  const names = { path, shown: show(path) }
  try {
    const { bytes } = read(realpathSync.native(path), names.shown, largestFileBytes)
    return readYaml(names, bytes, mistakes)
  } catch (error) {
    if (isSystemError(error))
      throw new UserError(`cannot read the suite ${names.shown}: ${reasonOf(error.code)}`)
    if (!(error instanceof FileMistake)) throw error
    mistakes.add(
      { ...names, text: '' },
      () => 0,
      () => error.message,
    )
    return null
  }
}

function reasonOf(code: string): string {
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : code
}

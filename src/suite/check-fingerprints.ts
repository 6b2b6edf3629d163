import type { RunManifest } from '../model/run.ts'
import type { Suite } from '../model/suite.ts'
import type { Trial } from '../model/trial.ts'
import { setupFingerprint, suiteFingerprint, taskFingerprint } from './fingerprints.ts'

/** Checks whether recorded fingerprints follow from a stored suite; each returns what does not, in half sentences. */
export function fingerprintChecks(suite: Suite): {
  ofSuite(manifest: RunManifest): string[]
  ofTrial(trial: Trial): string[]
} {
  const derived = derive(suite)
  return {
    ofSuite: manifest => checkSuite(suite, derived, manifest),
    ofTrial: trial => [
      ...(trial.taskFingerprint === derived.tasks[trial.task]
        ? []
        : ['it was graded by another version of its task than suite.json has']),
      ...(trial.setupFingerprint === derived.setups[trial.setup]
        ? []
        : ['it was made by another version of its setup than suite.json has']),
    ],
  }
}

interface Derived {
  tasks: Record<string, string>
  setups: Record<string, string>
}

function checkSuite(suite: Suite, { tasks, setups }: Derived, manifest: RunManifest): string[] {
  const mistakes: string[] = []
  const same = (what: string, expected: string, ...recorded: (string | undefined)[]): void => {
    if (recorded.some(value => value !== undefined && value !== expected))
      mistakes.push(`the fingerprint of ${what} does not follow from suite.json`)
  }
  for (const task of suite.tasks) {
    const recorded = manifest.tasks[task.id]
    same(`task ${task.id}`, tasks[task.id] ?? '', task.fingerprint, recorded?.fingerprint)
    if (recorded && recorded.commit !== suite.sources[task.source]?.commit)
      mistakes.push(`run.json has task ${task.id} at another commit than suite.json`)
  }
  for (const [name, setup] of Object.entries(suite.setups))
    same(`setup ${name}`, setups[name] ?? '', setup.fingerprint, manifest.setups[name]?.fingerprint)
  same(
    'the suite',
    suiteFingerprint(suite.tasks, suite.setups),
    suite.fingerprint,
    manifest.suite.fingerprint,
  )
  const unknown = [
    ...Object.keys(manifest.tasks).filter(id => !Object.hasOwn(tasks, id)),
    ...Object.keys(manifest.setups).filter(name => !Object.hasOwn(setups, name)),
  ]
  return [...mistakes, ...unknown.map(name => `run.json has "${name}", which is not in suite.json`)]
}

function derive(suite: Suite): Derived {
  const tasks = suite.tasks.map(task => {
    const source = suite.sources[task.source]
    return [task.id, source ? taskFingerprint(task, source) : 'its source is missing']
  })
  const setups = Object.entries(suite.setups).map(([key, { name: _name, fingerprint: _own, ...setup }]) => [
    key,
    setupFingerprint(setup),
  ])
  return { tasks: Object.fromEntries(tasks), setups: Object.fromEntries(setups) }
}

import { runSchemaVersion, type Isolation, type Provenance, type RunManifest } from '../model/run.ts'
import type { Setup, Suite } from '../model/suite.ts'
import type { Trial, TrialSpec } from '../model/trial.ts'
import { summarise } from './summarise.ts'

/** What only the outside knows of a run. */
export interface RunFacts {
  id: string
  isolation: Isolation
  provenance: Provenance
  rules: RunManifest['rules']
  recorded: boolean
  replay: RunManifest['replay']
  adaptive: RunManifest['adaptive']
}

/** The manifest of a run that is about to start. */
export function openManifest(
  suite: Suite,
  plan: readonly TrialSpec[],
  facts: RunFacts,
  startedAt: string,
): RunManifest {
  const setups = new Set(plan.map(spec => spec.setup))
  const tasks = new Set(plan.map(spec => spec.task))
  return {
    schemaVersion: runSchemaVersion,
    id: facts.id,
    status: 'running',
    startedAt,
    finishedAt: null,
    suite: { name: suite.name, file: suite.file, fingerprint: suite.fingerprint },
    plan: facts.adaptive ? [] : plan.map(spec => spec.id),
    setups: Object.fromEntries(
      Object.entries(suite.setups)
        .filter(([name]) => setups.has(name))
        .map(([name, setup]) => [name, describeSetup(setup)]),
    ),
    tasks: Object.fromEntries(
      suite.tasks
        .filter(task => tasks.has(task.id))
        .map(task => {
          const source = suite.sources[task.source]
          if (!source) throw new Error(`task ${task.id} names no source of its suite`)
          return [
            task.id,
            {
              fingerprint: task.fingerprint,
              git: source.git,
              commit: source.commit,
              history: source.history,
              tags: task.tags,
            },
          ]
        }),
    ),
    isolation: facts.isolation,
    provenance: facts.provenance,
    rules: facts.rules,
    recorded: facts.recorded,
    replay: facts.replay,
    adaptive: facts.adaptive,
    summaries: [],
  }
}

/** The same run with more trials in its plan; the very same manifest where all of them were planned before. */
export function withPlanned(manifest: RunManifest, batch: readonly TrialSpec[]): RunManifest {
  const known = new Set(manifest.plan)
  const added = batch.map(({ id }) => id).filter(id => !known.has(id))
  return added.length === 0 ? manifest : { ...manifest, plan: [...manifest.plan, ...added] }
}

/** The manifest of a run that has ended, with what its trials add up to. Counted from the trials, never kept as a counter. */
export function closeManifest(
  manifest: RunManifest,
  trials: readonly Trial[],
  status: 'finished' | 'interrupted',
  finishedAt: string,
): RunManifest {
  const attempts = (setup: string): NonNullable<Trial['attempt']>[] =>
    trials.filter(trial => trial.setup === setup).flatMap(trial => trial.attempt ?? [])
  const setups = Object.entries(manifest.setups).map(([name, setup]) => [
    name,
    {
      ...setup,
      agentVersions: distinct(attempts(name).map(attempt => attempt.agentVersion)),
      observedModels: distinct(attempts(name).map(attempt => attempt.observedModel)),
    },
  ])
  return {
    ...manifest,
    status,
    finishedAt,
    setups: Object.fromEntries(setups),
    summaries: summarise(
      manifest.plan,
      [...trials],
      Object.entries(manifest.setups).map(([name, { fingerprint }]) => ({ name, fingerprint })),
      manifest.tasks,
    ),
  }
}

function describeSetup(setup: Setup): RunManifest['setups'][string] {
  return {
    fingerprint: setup.fingerprint,
    harness: setup.harness.type,
    model: setup.model,
    effort: setup.effort,
    context: Object.keys(setup.context),
    strip: setup.strip,
    skills: Object.keys(setup.skills),
    mcp: Object.keys(setup.mcp),
    env: [...setup.env.pass, ...Object.keys(setup.env.set)],
    agentVersions: [],
    observedModels: [],
  }
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter(value => value !== null))].toSorted()
}

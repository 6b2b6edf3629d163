import { fingerprint } from '../core/fingerprint.ts'
import type { Setup, Source, Task } from '../model/suite.ts'

/**
 * Changes with anything that can change what an agent does: all of a setup but its name. A setup that says nothing of the
 * network, or of its service, has the fingerprint that it had before there was such a key. Where a service's key comes
 * from and what it costs changes nothing in what is done.
 */
export function setupFingerprint({
  network,
  service,
  ...setup
}: Omit<Setup, 'name' | 'fingerprint'>): string {
  return fingerprint({
    ...setup,
    ...(network === null ? {} : { network }),
    ...(service === null
      ? {}
      : { service: service === 'direct' ? service : { url: service.url, api: service.api } }),
    harness: { type: setup.harness.type, config: setup.harness.config, files: setup.harness.files },
  })
}

/**
 * Changes with anything that can change how hard a task is or how it is judged. The reference is not part of it, nor where
 * the repository lies: the pinned commit names its content.
 */
export function taskFingerprint(
  task: Omit<Task, 'fingerprint' | 'reference' | 'tags'>,
  source: Source,
): string {
  const { commit, history, prepare, prepareReads, image } = source
  return fingerprint({
    prompt: task.prompt,
    limits: task.limits,
    graders: task.graders,
    fix: task.fix,
    // Where none is named the fingerprint is as before there were these keys.
    source: {
      commit,
      history,
      prepare,
      ...(prepareReads === null ? {} : { prepareReads }),
      ...(image === null ? {} : { image }),
    },
  })
}

export function suiteFingerprint(tasks: readonly Task[], setups: Readonly<Record<string, Setup>>): string {
  return fingerprint({
    tasks: Object.fromEntries(tasks.map(task => [task.id, task.fingerprint])),
    setups: Object.fromEntries(Object.entries(setups).map(([name, setup]) => [name, setup.fingerprint])),
  })
}

import { InfraError, UserError } from '../errors.ts'
import type { Suite } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'
import { pick } from '../registry.ts'
import { tell, type Io } from './io.ts'
import type { families } from './wiring.ts'

/**
 * Whether what the planned trials need is here: the agents' programs and the environment variables. All that is missing is
 * told at once, before anything is paid for.
 */
export async function checkReadiness(
  suite: Suite,
  specs: readonly TrialSpec[],
  { harnesses, graders }: typeof families,
  io: Io,
): Promise<void> {
  const setups = Object.values(suite.setups).filter(setup => specs.some(spec => spec.setup === setup.name))
  const tasks = suite.tasks.filter(task => specs.some(spec => spec.task === task.id))

  const unset = [
    ...setups.flatMap(setup => setup.env.pass.map(name => [name, `setup ${setup.name}`] as const)),
    ...tasks.flatMap(task =>
      task.graders.flatMap(({ type, name, config }) =>
        (pick(graders, type, 'grader').secrets?.(config) ?? []).map(
          variable => [variable, `grader ${name} of task ${task.id}`] as const,
        ),
      ),
    ),
  ].filter(([name]) => !io.env[name])
  if (unset.length > 0) {
    const lines = [...new Map(unset).entries()].map(([name, user]) => `  ${name} (${user})`)
    throw new UserError(
      `environment variables that the suite needs are not set:\n${lines.join('\n')}\nSet them and run again.`,
    )
  }

  const probes = await Promise.all(
    setups.map(async setup => ({
      setup: setup.name,
      probe: await pick(harnesses, setup.harness.type, 'harness').probe(setup.harness.config),
    })),
  )
  const missing = probes.filter(({ probe }) => !probe.ok)
  if (missing.length > 0) {
    const lines = missing.map(({ setup, probe }) => `  setup ${setup}: ${probe.message}`)
    throw new InfraError(`agents are missing:\n${lines.join('\n')}\nagent-eval doctor shows what is there.`)
  }

  const short = Object.entries(
    Object.fromEntries(setups.flatMap(setup => setup.env.pass.map(name => [name, io.env[name] ?? '']))),
  )
    .filter(([, value]) => value.length < 8)
    .map(([name]) => name)
  if (short.length > 0) {
    tell(
      io,
      `warning: ${short.join(', ')} has fewer than 8 characters: too short to be told apart from ordinary text, so it is not redacted.`,
    )
  }
}

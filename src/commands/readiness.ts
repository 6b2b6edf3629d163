import { InfraError, UserError } from '../errors.ts'
import type { Suite } from '../model/suite.ts'
import type { Exec, ModelLimits, Sandbox } from '../contracts.ts'
import type { TrialSpec } from '../model/trial.ts'
import { pick } from '../registry.ts'
import { tell, type Io } from './io.ts'
import { checkPrices } from './price-check.ts'
import { checkServices } from './services.ts'
import type { TrialPartsOptions, families } from './wiring.ts'

/**
 * Whether what the planned trials need is here: the agents' programs and the environment variables. All that is missing is
 * told at once, before anything is paid for.
 */
export async function checkReadiness(
  suite: Suite,
  specs: readonly TrialSpec[],
  { harnesses, graders, sandbox, images }: typeof families & Pick<TrialPartsOptions, 'sandbox' | 'images'>,
  budget: ModelLimits,
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

  checkServices(setups, sandbox.isolation.level, { harnesses }, io.env)
  await checkPrices(setups, tasks, budget, { harnesses, sandbox }, io)

  const probes = await Promise.all(
    setups.flatMap(setup =>
      placesOf(sandbox, images).map(async ({ where, exec }) => ({
        setup: setup.name,
        where,
        probe: await pick(harnesses, setup.harness.type, 'harness').probe(setup.harness.config, exec),
      })),
    ),
  )
  const missing = probes.filter(({ probe }) => !probe.ok)
  if (missing.length > 0) {
    const lines = missing.map(({ setup, where, probe }) => `  setup ${setup}${where}: ${probe.message}`)
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

/** Where agents will run: on this machine, or in each of the images. */
function placesOf(
  sandbox: Sandbox,
  images: TrialPartsOptions['images'],
): { where: string; exec: Exec | undefined }[] {
  const byId = new Map(Object.values(images).map(({ id, reference }) => [id, reference]))
  if (byId.size === 0) return [{ where: '', exec: undefined }]
  return [...byId].map(([image, reference]) => ({
    where: ` in image ${reference}`,
    exec: request =>
      sandbox.exec({ ...request, access: { write: [request.cwd], read: [], network: 'off', image } }),
  }))
}

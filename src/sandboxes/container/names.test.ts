import { expect, test } from 'vitest'
import { ownProcessName, type Liveness } from '../../util/process-name.ts'
import { leftOver, newContainerName, readContainerName } from './names.ts'

test('a name says who started the container, and when', async () => {
  const name = await newContainerName(1_795_442_682_068)
  expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/)
  expect(readContainerName(name)).toEqual({ owner: await ownProcessName(), startedAtMs: 1_795_442_682_068 })
  expect(await newContainerName(1_795_442_682_068)).not.toBe(name)
})

test.each(['', 'agent-eval', 'my-agent-eval.1-1-a-1.1795442682068.0123456789ab', 'agent-eval.a b.1.c'])(
  'the container "%s" is none of ours',
  name => expect(readContainerName(name)).toBeNull(),
)

test('containers of the dead are left over; of those who cannot be seen only after two days; others’ never', async () => {
  const now = 1_795_442_682_068
  const name = (owner: string, ageHours: number): string =>
    `agent-eval.${owner}.${now - ageHours * 3_600_000}.0123456789ab`
  const states: Record<string, Liveness> = { dead: 'dead', alive: 'alive', away: 'unknown' }
  const names = [name('dead', 0), name('alive', 100), name('away', 47), name('away', 49), 'postgres']
  expect(await leftOver(names, now, async owner => states[owner] ?? 'unknown')).toEqual([
    name('dead', 0),
    name('away', 49),
  ])
  expect(await leftOver([await newContainerName()])).toEqual([])
})

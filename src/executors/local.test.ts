import { expect, test } from 'vitest'
import { aGradedTrial } from '../testing/builders.ts'
import type { Trial, TrialSpec } from '../model/trial.ts'
import { localExecutor } from './local.ts'

const specs: TrialSpec[] = Array.from({ length: 8 }, (_, index) => ({
  id: `task/setup/${index}`,
  task: 'task',
  setup: 'setup',
  index,
  seed: index,
}))
const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('never runs more at a time than it may, and tells of each trial when it ends', async () => {
  let running = 0
  let most = 0
  const told: string[] = []
  await localExecutor(3, new AbortController().signal)(
    specs,
    async spec => {
      most = Math.max(most, ++running)
      await tick()
      running--
      return aGradedTrial(spec.id)
    },
    async trial => void told.push(trial.id),
  )
  expect(most).toBe(3)
  expect(told.toSorted()).toEqual(specs.map(spec => spec.id))
})

test('starts nothing new after an interrupt and drops what was running', async () => {
  const controller = new AbortController()
  const started: string[] = []
  const told: Trial[] = []
  await localExecutor(2, controller.signal)(
    specs,
    async spec => {
      started.push(spec.id)
      await tick()
      if (spec.index === 2) controller.abort()
      controller.signal.throwIfAborted()
      return aGradedTrial(spec.id)
    },
    async trial => void told.push(trial),
  )
  expect(started.length).toBeLessThan(5)
  expect(told.map(trial => trial.index)).toEqual([0, 1])
})

test('a result that cannot be stored stops the run, after what was running has ended', async () => {
  const ended: string[] = []
  const run = localExecutor(2, new AbortController().signal)(
    specs,
    async spec => {
      await tick()
      ended.push(spec.id)
      return aGradedTrial(spec.id)
    },
    async trial => {
      if (trial.index === 0) throw new Error('no space left')
    },
  )
  await expect(run).rejects.toThrow('no space left')
  expect(ended.length).toBeLessThan(4)
})

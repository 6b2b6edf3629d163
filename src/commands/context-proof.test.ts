import { expect, test } from 'vitest'
import { Report } from '../model/report.ts'
import type { CliResult } from '../testing/cli.ts'
import { guide, modelWorld, type Wishes } from './testing/model-agent.ts'

async function runOf(wishes: Wishes, ...args: string[]): Promise<CliResult & { proofs: unknown }> {
  const { at } = await modelWorld(wishes)
  at.env['MODEL_KEY'] = 'sk-real-0123456789abcdef'
  const result = await at.run('run', 'suite.yaml', '--json', ...args)
  if (result.stdout === '') throw new Error(result.stderr)
  const { run } = Report.parse(JSON.parse(result.stdout))
  return { ...result, proofs: run.summaries.map(({ contextProof }) => contextProof?.verdict) }
}

test('context that reached its model and no other is proven', async () => {
  const { exitCode, stderr, proofs } = await runOf({})
  expect(exitCode).toBe(0)
  expect(proofs).toEqual(['proven', 'proven'])
  expect(stderr).toContain(
    'bare: none of other setups did (1 trial); guided: 1 text of its own reached the model',
  )
})

test('a setup whose context never arrived makes the run not valid: exit code 4, said first', async () => {
  const { exitCode, stderr, proofs } = await runOf({ guided: 'env: [MANNER=deaf]' })
  expect(exitCode).toBe(4)
  expect(proofs).toEqual(['proven', 'invalid'])
  expect(stderr).toMatch(/NOT VALID\.[\s\S]*AGENTS.md of setup guided never reached the model/)
})

test('context that reached the setup without it contaminates', async () => {
  const { exitCode, stderr, proofs } = await runOf({ bare: `env: ["MANNER=${guide.trim()}"]` })
  expect(exitCode).toBe(4)
  expect(proofs).toEqual(['contaminated', 'proven'])
  expect(stderr).toMatch(/only setup guided has, reached the model of\s+setup\s+bare\s+in\s+1 of 1 trial/)
})

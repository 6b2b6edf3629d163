import { z } from 'zod'
import { InfraError } from '../../errors.ts'
import { defineGrader, defineHarness } from '../../registry.ts'

const never = (): Promise<never> => Promise.reject(new InfraError('not made to run'))

const agent = defineHarness({
  config: z.strictObject({ run: z.array(z.string()).min(1).describe('program and arguments') }),
  description: 'runs a program',
  layout: { instructions: 'AGENTS.md', skills: '.agents/skills' },
  supports: { model: true, effort: true, mcp: true },
  files: ({ run }) => run.filter(word => word.startsWith('./') || word.startsWith('../')),
  probe: never,
  run: never,
})

const plain = defineHarness({
  config: z.strictObject({}),
  description: 'supports nothing',
  layout: { instructions: 'AGENTS.md', skills: 'skills' },
  supports: { model: false, effort: false, mcp: false },
  probe: never,
  run: never,
})

const modelled = defineHarness({
  config: z.strictObject({}),
  description: 'knows where its model is',
  layout: { instructions: 'AGENTS.md', skills: 'skills' },
  supports: { model: true, effort: true, mcp: true },
  endpoints: () => ['api.example.com:443'],
  probe: never,
  run: never,
})

const tests = defineGrader({
  config: z.strictObject({
    run: z.array(z.string()).min(1),
    files: z.record(z.string(), z.string()).default({}),
    failToPass: z.array(z.string().min(1)).min(1).optional(),
    passToPass: z.union([z.literal('all'), z.array(z.string())]).optional(),
    options: z.strictObject({ shards: z.number().int().positive() }).optional(),
  }),
  description: 'runs tests',
  files: ({ files }) => Object.values(files),
  grade: never,
})

const judge = defineGrader({
  config: z
    .strictObject({ rubric: z.string().min(1).optional(), rubricFile: z.string().min(1).optional() })
    .refine(({ rubric, rubricFile }) => (rubric === undefined) !== (rubricFile === undefined), {
      error: 'expected either rubric or rubricFile',
    }),
  description: 'asks a model',
  files: ({ rubricFile }) => (rubricFile === undefined ? [] : [rubricFile]),
  grade: never,
})

/** Small plug-ins, so that the tests of suites depend on no real one. */
export const plugins = { harnesses: { agent, modelled, plain }, graders: { tests, judge } }

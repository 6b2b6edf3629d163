import { posix } from 'node:path'
import { z } from 'zod'
import { Command } from '../../model/suite.ts'
import { duration } from '../../util/duration.ts'
import { cleanPath, insidePath, mistakeInPath } from '../inside.ts'
import { planRun, runnerNames } from './plan.ts'

const testName = z.string().trim().min(1)

/** Keys of the `tests` grader beside those that every grader has. */
export const TestsConfig = z
  .strictObject({
    files: z
      .record(z.string(), z.string().min(1))
      .default({})
      .describe('Hidden files: path in the workspace to path of the suite file. Placed only for grading.'),
    run: Command.describe('The test command: a shell line, or a program with its arguments.'),
    runner: z
      .enum(runnerNames)
      .optional()
      .describe('Which test runner the command starts. Left out: recognised from the command.'),
    report: insidePath
      .optional()
      .describe('For runner junit or tap: the file that the command writes, relative to the workspace.'),
    failToPass: z.array(testName).default([]).describe('Tests that failed before and must pass now.'),
    passToPass: z
      .union([z.enum(['all', 'none']), z.array(testName)])
      .default('all')
      .describe('Tests that must pass still. all: every test that passes without the change of the agent.'),
    cwd: insidePath.optional().describe('Folder in which the command runs, relative to the workspace.'),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe('Variables for the command. CI=true is set beforehand.'),
    timeout: duration.prefault('5m').describe('Time limit of the command. Default 5m.'),
    liveness: z
      .boolean()
      .default(true)
      .describe(
        'Runs the tests of a trial that would pass once more with other expected values in the hidden tests: one that passes ' +
          'all the same is forged. For node, jest, vitest, unittest and pytest. Default true.',
      ),
    allow: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Globs of files that steer test runners (conftest.py, jest.config.js, …) and that the agent may change all the same. ' +
          'The others are put back before the tests run.',
      ),
  })
  .superRefine((config, context) => {
    const plan = planRun(config)
    if ('key' in plan) context.addIssue({ code: 'custom', path: [plan.key], message: plan.message })
    for (const path of Object.keys(config.files)) {
      const message = mistakeInPath(path)
      if (message !== null) context.addIssue({ code: 'custom', path: ['files', path], message })
    }
    const listed = Array.isArray(config.passToPass) ? config.passToPass : []
    const seen = new Set<string>()
    for (const name of [...config.failToPass, ...listed]) {
      if (seen.has(name)) {
        const key = config.failToPass.includes(name) ? 'failToPass' : 'passToPass'
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `the test "${name}" is named twice: name it once`,
        })
      }
      seen.add(name)
    }
  })
export type TestsConfig = z.infer<typeof TestsConfig>

/** Where the hidden files of the grader go, as paths of the workspace. */
export function hiddenPaths(config: Pick<TestsConfig, 'files'>): string[] {
  return Object.keys(config.files).map(path => posix.normalize(cleanPath(path)))
}

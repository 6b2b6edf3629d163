import { z } from 'zod'
import { defineGrader } from '../registry.ts'
import { matcher } from '../util/glob.ts'
import { type Check, gradeChecks, listed } from './checks.ts'

const count = z.number().int().nonnegative()
const globs = z.array(z.string().min(1)).min(1)

const config = z
  .strictObject({
    only: globs.optional().describe('globs: no other file may be changed'),
    never: globs.optional().describe('globs: none of these files may be changed'),
    maxFiles: count.optional().describe('most files changed'),
    maxLines: count.optional().describe('most lines added and removed, together'),
    minLines: count.optional().describe('fewest lines added and removed, together'),
    empty: z.boolean().optional().describe('true: nothing may be changed; false: something must be'),
  })
  .refine(given => Object.values(given).some(value => value !== undefined), {
    error: 'expected at least one rule: only, never, maxFiles, maxLines, minLines or empty',
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ minLines = 0, maxLines = Infinity }) => minLines <= maxLines, {
    error: 'minLines is larger than maxLines, so no change could pass',
    path: ['minLines'],
  })

/** Bounds where and how much the agent changed. Score = share of the rules that hold. */
export const diff = defineGrader({
  config,
  description: 'bounds which files the agent changes, and how many lines',
  async grade({ outcome }, { only, never, maxFiles, maxLines, minLines, empty }) {
    const { changedFiles, linesAdded, linesRemoved } = outcome
    const lines = linesAdded + linesRemoved
    const checks: Check[] = []
    const add = (claim: string, holds: boolean, found: string): void => {
      checks.push(holds ? { claim, holds } : { claim, holds, found })
    }

    if (only !== undefined) {
      const isAllowed = matcher(only)
      const offending = changedFiles.filter(path => !isAllowed(path))
      add(`only ${only.join(', ')} changed`, offending.length === 0, `also ${listed(offending, 10)}`)
    }
    if (never !== undefined) {
      const offending = changedFiles.filter(matcher(never))
      add(`${never.join(', ')} not changed`, offending.length === 0, `changed: ${listed(offending, 10)}`)
    }
    if (maxFiles !== undefined) {
      const found = `${changedFiles.length}: ${listed(changedFiles, 10)}`
      add(`at most ${counted(maxFiles, 'file')} changed`, changedFiles.length <= maxFiles, found)
    }
    const changedLines = `${lines} (${linesAdded} added, ${linesRemoved} removed)`
    if (maxLines !== undefined)
      add(`at most ${counted(maxLines, 'line')} changed`, lines <= maxLines, changedLines)
    if (minLines !== undefined)
      add(`at least ${counted(minLines, 'line')} changed`, lines >= minLines, changedLines)
    if (empty === true)
      add('nothing changed', changedFiles.length === 0, `changed: ${listed(changedFiles, 10)}`)
    if (empty === false) add('something changed', changedFiles.length > 0, 'nothing is')
    return gradeChecks(checks)
  },
})

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

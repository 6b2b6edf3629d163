import { z } from 'zod'
import type { Harness } from '../../contracts.ts'
import type { Registry } from '../../registry.ts'
import { findProgram } from '../../util/find-program.ts'

const usual = 'pi'

/** The harness of the first known agent whose program is on the PATH; where none is, one that can be had for nothing. */
export function harnessHere(harnesses: Registry<Harness>, path: string): string {
  const found = Object.entries(harnesses).find(([, { config, apis }]) => {
    if (apis === undefined) return false
    const { data } = z.looseObject({ bin: z.string() }).safeParse(config.safeParse({}).data)
    return data !== undefined && findProgram(data.bin, path) !== null
  })
  return found?.[0] ?? usual
}

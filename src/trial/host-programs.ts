import { statSync } from 'node:fs'
import { findProgram } from '../util/find-program.ts'

/** Programs by which nearly everything is prepared and judged. */
const judging = ['bash', 'env', 'git', 'node', 'npm', 'npx', 'pytest', 'python', 'python3', 'sh']

/** What each program is that graders would find by its name: where it is, and which file it is. */
export type HostPrograms = ReadonlyMap<string, { place: string; file: string }>

export function lookAtPrograms(path: string): HostPrograms {
  const found = new Map<string, { place: string; file: string }>()
  for (const name of judging) {
    const place = findProgram(name, path)
    if (place === null) continue
    const stats = statSync(place, { bigint: true, throwIfNoEntry: false })
    if (!stats) continue
    const { dev, ino, size, mtimeNs, ctimeNs } = stats
    found.set(name, { place, file: [dev, ino, size, mtimeNs, ctimeNs].join(' ') })
  }
  return found
}

/** Says which programs became others in between, in whole sentences. An agent without a sandbox may have done it, or anybody. */
export function programRemarks(before: HostPrograms, after: HostPrograms): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    name => before.get(name)?.file !== after.get(name)?.file,
  )
  return names.map(name => {
    const [was, is] = [before.get(name)?.place, after.get(name)?.place]
    const what =
      is === undefined
        ? `${was} is gone`
        : was === undefined
          ? `${is} is new`
          : was === is
            ? `${is} is another file now`
            : `it is ${is} now, before it was ${was}`
    return `While the agent ran, the program ${name} of this machine changed: ${what}. Graders use it: look who did it, and run again with --isolation sandbox.`
  })
}

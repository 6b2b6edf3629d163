import { lstat, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Bench } from '../bench.ts'
import { readyWorkspace } from '../cycle.ts'
import { amountLine, type Line } from '../line.ts'
import { whileSleeping } from '../sleeping.ts'

const many = 16

interface Disk {
  kilobytes: number
  inodes: number
}

/** What a trial takes up while an agent runs that writes nothing. */
export async function disk(bench: Bench): Promise<Line[]> {
  const workspace = await readyWorkspace(bench.workspaces, bench.sandbox, await bench.prepared('small'))
  const alone = await diskOf(dirname(workspace.path))
  await workspace.dispose()

  const [one, all] = [await inUse(bench, 1), await inUse(bench, many)]
  const per = (name: keyof Disk): number => (all[name] - one[name]) / (many - 1)
  const whole = { kilobytes: per('kilobytes'), inodes: per('inodes') }
  return [...linesOf('workspace', alone), ...linesOf('whole trial with its home and logs', whole)]
}

function linesOf(what: string, { kilobytes, inodes }: Disk): Line[] {
  return [
    amountLine({
      what: `disk of a ${what}`,
      measured: 'while an idle agent runs',
      value: kilobytes,
      unit: 'KB',
      atMost: 16,
    }),
    amountLine({
      what: `inodes of a ${what}`,
      measured: 'while an idle agent runs',
      value: inodes,
      unit: '',
      atMost: 8,
    }),
  ]
}

/** Of the program's folder for workspaces. */
function inUse(bench: Bench, count: number): Promise<Disk> {
  return whileSleeping(bench, count, suite => diskOf(suite.work))
}

async function diskOf(path: string): Promise<Disk> {
  const found = await lstat(path)
  const sum = { kilobytes: found.blocks / 2, inodes: 1 }
  if (!found.isDirectory()) return sum
  for (const name of await readdir(path)) {
    const below = await diskOf(join(path, name))
    sum.kilobytes += below.kilobytes
    sum.inodes += below.inodes
  }
  return sum
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Workspace } from '../../contracts.ts'
import { privateEnvironment } from '../../util/git-environment.ts'
import { nothingPlaced, sourceOf, type Bench } from '../bench.ts'
import { execIn } from '../cycle.ts'
import { amountLine, type Line } from '../line.ts'
import { output } from '../spawn.ts'

/** Objects that an agent can read and should not. */
export async function history(bench: Bench): Promise<Line[]> {
  const lines: Line[] = []
  const ways = [bench.workspaces, ...(bench.workspaces.kind === bench.copies.kind ? [] : [bench.copies])]
  for (const workspaces of ways)
    for (const kept of ['ancestors', 'none'] as const) {
      const repository = await bench.repository('small')
      const prepared = await workspaces.prepare(sourceOf(repository, kept), bench.sandbox.exec)
      const workspace = await workspaces.create(prepared, nothingPlaced)
      try {
        lines.push(await seenBy(bench, workspace, repository, `${workspaces.kind}, history ${kept}`))
      } finally {
        await workspace.dispose()
      }
    }
  return lines
}

async function seenBy(
  bench: Bench,
  workspace: Workspace,
  { path, commit }: { path: string; commit: string },
  what: string,
): Promise<Line> {
  const env = privateEnvironment()
  const source = async (...args: string[]): Promise<string[]> =>
    idsOf(await output('git', ['-C', path, 'rev-list', '--objects', ...args], { env }))
  const inside = async (command: string): Promise<string[]> => idsOf(await printed(bench, workspace, command))

  const visible = await inside(`git cat-file --batch-all-objects --batch-check='%(objectname)'`)
  const reachable = new Set(await inside('git rev-list --objects HEAD'))
  const future = new Set(await source('--all', '--not', commit))
  if (visible.length === 0 || future.size === 0) throw new Error(`${what}: nothing to compare`)
  const unreachable = visible.filter(id => !reachable.has(id)).length
  const later = visible.filter(id => future.has(id)).length
  const value = unreachable + later
  return amountLine({
    what: `unreachable or future objects: ${what}`,
    measured: `${visible.length} visible, ${unreachable} unreachable, ${later} future`,
    reference: `${future.size} future ones in the source`,
    value,
    unit: '',
    atMost: 0,
    wrong: value === 0 ? null : 'an agent can read the future',
  })
}

async function printed(bench: Bench, workspace: Workspace, command: string): Promise<string> {
  const stdout = join(bench.folder('output'), 'stdout')
  const { exitCode } = await execIn(bench.sandbox, workspace, command, { stdout, stderr: `${stdout}.errors` })
  if (exitCode !== 0) throw new Error(`${command}: ${readFileSync(`${stdout}.errors`, 'utf8')}`)
  return readFileSync(stdout, 'utf8')
}

function idsOf(text: string): string[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(' ')[0] ?? '')
}

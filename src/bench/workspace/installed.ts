import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { diskBytes } from '../../util/folder-size.ts'
import type { Bench } from '../bench.ts'
import { amountLine, type Line } from '../line.ts'
import { output } from '../spawn.ts'

/** The package with all that it needs, as a user installs it. */
export async function installed(bench: Bench): Promise<Line[]> {
  const project = dirname(dirname(bench.cli))
  const folder = bench.folder('installed')
  await output('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: project,
  })
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? ''
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev']
  await output('npm', ['install', ...quiet, '--prefix', folder, join(folder, tarball)])
  const value = (await diskBytes(join(folder, 'node_modules'))) / 1e6
  return [
    amountLine({ what: 'installed size', measured: 'npm pack, npm install', value, unit: 'MB', atMost: 39 }),
  ]
}

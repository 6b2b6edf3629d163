import type { Sandbox } from '../contracts.ts'
import { isRoot } from '../util/root.ts'
import { processDescription } from './descriptions.ts'
import { probeBy } from './probe.ts'
import { wrapped, type Found } from './wrapped.ts'

/** A shell stays as process 1: it hands on how the command ended, which process 1 itself could not be ended by. */
export const keepShell = '"$@"; exit $?'

export const processLine = ({ argv }: Found): string[] => [
  'unshare',
  ...(isRoot() ? [] : ['--user', '--map-current-user']),
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--',
  '/bin/sh',
  '-c',
  keepShell,
  'sh',
  ...argv,
]
const run = wrapped(processLine)

/** The level `process` by util-linux's `unshare`, which every Linux has. */
export const unshareProcess: Sandbox = {
  isolation: { level: 'process' },
  description: processDescription,
  mounts: true,
  probe: () => probeBy('unshare', run),
  exec: run,
}

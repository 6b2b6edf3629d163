import { userInfo } from 'node:os'
import type { Sandbox } from '../contracts.ts'
import { probeBy } from './probe.ts'
import { wrapped, type Found } from './wrapped.ts'

/** A shell stays as process 1: it hands on how the command ended, which process 1 itself could not be ended by. */
const keepShell = '"$@"; exit $?'

export const processLine = ({ argv }: Found): string[] => [
  'unshare',
  ...(userInfo().uid === 0 ? [] : ['--user', '--map-current-user']),
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
  description:
    'no process of an agent survives it or sees others; agents see your files and reach the network',
  mounts: true,
  probe: () => probeBy('unshare', run),
  exec: run,
}

import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'

test.runIf(process.platform === 'linux')(
  'output that cannot be written is a fault, not a regression',
  async () => {
    const cli = join(import.meta.dirname, '../../dist/cli.js')
    const { exitCode, stderr } = await execa('sh', ['-c', 'node "$0" schema > /dev/full', cli], {
      reject: false,
    })
    expect(exitCode).toBe(4)
    expect(stderr).toBe('error: the output cannot be written: ENOSPC: no space left on device, write')
  },
)

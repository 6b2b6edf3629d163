#!/usr/bin/env node
import { requireCompiled } from './util/compiled.ts'
import { version } from './version.ts'

// The most common question is answered without loading anything.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`)
} else {
  start()
}

function start(): void {
  const { main } = requireCompiled(`${__dirname}/main.js`) as typeof import('./commands/main.ts')
  void main(process.argv).then(code => {
    process.exitCode = code
    // An interrupted run waits for nothing that it has begun.
    if (code === 130) process.exit()
  })
}

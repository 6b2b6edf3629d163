#!/usr/bin/env node
import { version } from './version.ts'

// The most common question is answered without loading anything.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`)
} else {
  const { main } = await import('./commands/main.ts')
  process.exitCode = await main(process.argv)
}

import { InvalidInput } from '../../errors.ts'
import { loadSuite } from '../load.ts'
import { plugins } from './plugins.ts'

/** Loads a suite in a process of its own, and says how that went and how much memory it took. */
const [file = '', cacheRoot = ''] = process.argv.slice(2)
let result: { tasks: number } | { first: string; lines: number; last: string }
try {
  const suite = await loadSuite(file, { ...plugins, cacheRoot })
  result = { tasks: suite.tasks.length }
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error
  const lines = error.message.split('\n')
  result = { first: lines[0] ?? '', lines: lines.length, last: lines.at(-1) ?? '' }
}
console.log(JSON.stringify({ ...result, maxMemoryMb: process.resourceUsage().maxRSS / 1024 }))

import { execFileSync } from 'node:child_process'

/** Whether `python3` runs with these arguments here. */
export function python3(...args: string[]): boolean {
  try {
    execFileSync('python3', args, { stdio: 'ignore' })
    return true
  } catch (error) {
    if (error instanceof Error) return false
    throw error
  }
}

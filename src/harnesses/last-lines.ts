const lines = 10
const characters = 2000

/** The end of an output that fits into a message: at most ten lines and 2000 characters. */
export function lastLines(output: string): string {
  return output.trim().split('\n').slice(-lines).join('\n').slice(-characters)
}

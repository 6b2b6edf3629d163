/** Whether this process has the rights of root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

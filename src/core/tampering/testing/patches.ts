/** A file of a patch: its new text, before and after, a link, or null where it is deleted. */
export type Change = string | [before: string, after: string] | { link: string } | null

/** The patch of some changes as git would print it, with each changed file replaced as a whole. */
export function patchOf(changes: Record<string, Change>): string {
  return Object.entries(changes)
    .map(([path, change]) => `diff --git a/${path} b/${path}\n${body(path, change)}`)
    .join('')
}

function body(path: string, change: Change): string {
  if (change === null)
    return `deleted file mode 100644\n--- a/${path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-test('it', () => {})\n`
  if (Array.isArray(change)) {
    const [before, after] = change.map(linesOf) as [string[], string[]]
    return [
      `index 1111111..2222222 100644`,
      `--- a/${path}`,
      `+++ b/${path}`,
      `@@ -1,${before.length} +1,${after.length} @@`,
      ...before.map(line => `-${line}`),
      ...after.map(line => `+${line}`),
      '',
    ].join('\n')
  }
  const isLink = typeof change !== 'string'
  const lines = isLink ? [change.link] : linesOf(change)
  return [
    `new file mode ${isLink ? '120000' : '100644'}`,
    'index 0000000..2222222',
    '--- /dev/null',
    `+++ b/${path}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map(line => `+${line}`),
    ...(isLink ? ['\\ No newline at end of file'] : []),
    '',
  ].join('\n')
}

function linesOf(text: string): string[] {
  return text.replace(/^\n/, '').replace(/\n$/, '').split('\n')
}

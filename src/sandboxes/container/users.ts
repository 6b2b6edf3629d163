/**
 * An image's /etc/passwd with a line for a user that it does not know: programs that ask who they are would fail otherwise.
 * Null where it knows the user, or there are no ids.
 */
export function passwdWith(text: string, ids: { uid: number; gid: number } | null): string | null {
  if (ids === null) return null
  const lines = text.split('\n').filter(line => line !== '')
  if (lines.some(line => line.split(':')[2] === String(ids.uid))) return null
  return [...lines, `agent:x:${ids.uid}:${ids.gid}::/tmp:/bin/sh`, ''].join('\n')
}

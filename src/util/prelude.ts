/** What is done, in one shell, before a command starts in that shell's place. */
export interface Prelude {
  /** The start of a command line that opens namespaces for it, and ends with `--`; empty for none. */
  namespaces: readonly string[]
  /** Shell lines; if one fails the command does not start. */
  lines: readonly string[]
}

/** The command line that does all of this and then becomes `argv`, or is done where that is empty. */
export function withPrelude(preludes: readonly Prelude[], argv: readonly string[]): string[] {
  const lines = preludes.flatMap(prelude => prelude.lines)
  if (lines.length === 0) return [...argv]
  const script = [...lines, ...(argv.length === 0 ? [] : ['exec "$@"'])].join(' && ')
  return [...preludes.flatMap(prelude => prelude.namespaces), '/bin/sh', '-c', script, 'sh', ...argv]
}

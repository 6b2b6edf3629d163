/** What a verb may use of the outside. */
export interface Io {
  cwd: string
  env: NodeJS.ProcessEnv
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
}

/** What was asked for, as data: JSON, a table, a patch. */
export function answer(io: Io, text: string): void {
  io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** What a person wants to know along the way. */
export function tell(io: Io, text: string): void {
  io.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}

export function answerJson(io: Io, value: unknown): void {
  answer(io, JSON.stringify(value, null, 2))
}

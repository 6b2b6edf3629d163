import { exitCodes, type ExitCode } from '../errors.ts'
import { suiteJsonSchema } from '../suite/json-schema.ts'
import { answerJson, type Io } from './io.ts'
import { families } from './wiring.ts'

/** `agent-eval schema`: the JSON Schema of suite files, for editors. */
export function schema(io: Io): ExitCode {
  answerJson(io, suiteJsonSchema(families))
  return exitCodes.pass
}

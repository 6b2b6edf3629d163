import type { Grader } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { command } from './command.ts'
import { diff } from './diff.ts'
import { files } from './files.ts'
import { judge } from './judge.ts'
import { script } from './script.ts'
import { tests } from './tests.ts'
import { transcript } from './transcript.ts'

/** All graders by the name that suites use. */
export const graders = { command, diff, files, judge, script, tests, transcript } satisfies Registry<Grader>

import type { Grade } from '../model/trial.ts'
import type { Paint } from './paint.ts'
import { firstLine, safeText } from './text.ts'

/** What `validate --prove` found out of one task. */
export interface ProofFacts {
  task: string
  result: 'proven' | 'refuted' | 'unprovable' | 'unproven'
  problems: string[]
  leftOut: string[]
  reference: Grade[]
}

/** One line for a proven task; its problems below one that is not. */
export function renderProof(proof: ProofFacts, paint: Paint): string {
  const word = {
    proven: paint.good('proven    '),
    refuted: paint.bad('refuted   '),
    unprovable: paint.unsure('unprovable'),
    unproven: paint.unsure('unproven  '),
  }[proof.result]
  const how = proof.reference.flatMap(grade =>
    grade.status === 'scored' ? [firstLine(grade.explanation)] : [],
  )
  const leftOut = proof.leftOut.length > 0 ? ` (not provable by a patch: ${proof.leftOut.join(', ')})` : ''
  const head = `${word}  ${proof.task}${proof.result === 'proven' ? `  ${paint.quiet(how.join('; '))}` : ''}${leftOut}`
  return [head, ...proof.problems.map(problem => indent(safeText(problem)))].join('\n')
}

function indent(text: string): string {
  return text
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')
}

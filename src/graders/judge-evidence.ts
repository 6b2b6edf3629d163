import type { GradeInput } from '../contracts.ts'
import type { TranscriptEvent } from '../model/trial.ts'
import { shorten } from '../util/visible.ts'
import { findInside, readInside, whyUnread } from './inside.ts'
import { patchEvidence } from './judge-patch.ts'
import type { Evidence } from './judge-prompt.ts'

/** Characters of each piece that a judge sees; about 4 characters make a token. */
const maxTranscript = 60_000
const maxEvent = 2_000
const maxFile = 20_000
const maxFiles = 20

export type Included = 'patch' | 'transcript' | { files: string[] }

/** Collects what the judge is to see. */
export async function gatherEvidence(input: GradeInput, include: readonly Included[]): Promise<Evidence[]> {
  const evidence: Evidence[] = []
  for (const part of include) {
    if (part === 'patch') evidence.push(...patchEvidence(input.patch))
    else if (part === 'transcript') evidence.push(transcriptEvidence(input.transcript))
    else evidence.push(...(await fileEvidence(input, part.files)))
  }
  return evidence
}

/** One JSON text a line, so that no event can look like another. */
function transcriptEvidence(transcript: readonly TranscriptEvent[]): Evidence {
  const lines = transcript.map(event =>
    JSON.stringify({ ...event, atMs: undefined, id: undefined }, (_key, value: unknown) =>
      typeof value === 'string' ? shorten(value, maxEvent) : value,
    ),
  )
  return {
    title: 'transcript: what the agent said and did, one event a line',
    text: lines.join('\n'),
    maxCharacters: maxTranscript,
  }
}

/** A path is the agent's words too: it stands inside of the fence. */
async function fileEvidence(input: GradeInput, globs: readonly string[]): Promise<Evidence[]> {
  const { files: root } = await input.workspace({ hidden: false })
  const paths = (await Promise.all(globs.map(path => findInside(root, path)))).flat()
  const evidence: Evidence[] = []
  for (const path of new Set(paths)) {
    const file = await readInside(root, path)
    if (file.state === 'not-a-file') continue
    if (evidence.length === maxFiles) {
      evidence.push({
        title: `further files are left out: only ${maxFiles} are shown`,
        text: '',
        maxCharacters: 1,
      })
      break
    }
    const content = file.state === 'text' ? file.text : `(not shown: ${whyUnread(file.state)})`
    evidence.push({
      title: `file ${evidence.length + 1} as the agent left it, its path in the first line`,
      text: `${path}\n${content}`,
      maxCharacters: maxFile,
    })
  }
  const missing = { title: `no file matches ${globs.join(', ')}`, text: '', maxCharacters: 1 }
  return evidence.length > 0 ? evidence : [missing]
}

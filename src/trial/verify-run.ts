import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StoredRun } from '../contracts.ts'
import { checkPlan, checkSummaries, isTrialId } from '../core/check-run.ts'
import type { Finding } from '../model/finding.ts'
import type { RunManifest } from '../model/run.ts'
import type { Suite, Task } from '../model/suite.ts'
import type { Grade, Trial } from '../model/trial.ts'
import { checkFlags } from './check-flags.ts'
import { checkPatch } from './check-patch.ts'
import { checkVerdict } from './check-verdict.ts'
import { patchFile, transcriptFile } from './parts.ts'

/** How the grades of one type of grader are derived again from what is stored. */
export interface Recheck {
  /** Files of the grader's logs that help, where they are there. */
  files(config: unknown): string[]
  /** What does not follow, in half sentences. */
  check(
    grade: { score: number; pass: boolean; details: unknown },
    config: unknown,
    texts: readonly string[],
  ): string[]
}

/** Checks of recorded fingerprints against those that a suite gives; each returns half sentences. */
export interface FingerprintChecks {
  ofSuite(manifest: RunManifest): string[]
  ofTrial(trial: Trial): string[]
}

export interface VerifyParts {
  fingerprints(suite: Suite): FingerprintChecks
  rechecks: ReadonlyMap<string, Recheck>
  trialFolder(trialId: string): string
  /** Names whose values were taken out of all that is stored. */
  secretNames: readonly string[]
}

/** Derives the results of a stored run again from its evidence, running nothing of it. Returns what does not follow. */
export async function verifyRun(run: StoredRun, parts: VerifyParts): Promise<Finding[]> {
  const { manifest, suite, trials } = run
  const { ofSuite, ofTrial } = parts.fingerprints(suite)
  const suiteText = await readFile(join(run.folder, 'suite.json'), 'utf8')
  const isSuiteRedacted = isRedacted(suiteText, parts)
  const plan = checkPlan(manifest, trials)
  const findings: Finding[] = [...plan]
  const add = (trial: string | null, kind: Finding['kind'], messages: readonly string[]): void => {
    for (const message of messages) findings.push({ trial, kind, message })
  }

  if (isSuiteRedacted) add(null, 'unknown', ['suite.json is redacted, its fingerprints cannot be checked'])
  else add(null, 'problem', ofSuite(manifest))
  for (const trial of trials.filter(({ id }) => isTrialId(id))) {
    const task = suite.tasks.find(({ id }) => id === trial.task)
    if (!isSuiteRedacted) add(trial.id, 'problem', ofTrial(trial))
    add(trial.id, 'problem', checkVerdict(trial, task))
    findings.push(...(await checkFiles(trial, task, parts)))
    for (const grade of trial.grades) {
      const config = task?.graders.find(({ name }) => name === grade.grader)?.config
      findings.push(...(await checkGrade(trial, grade, config, parts)))
    }
  }
  const everyId = [...manifest.plan, ...trials.map(({ id }) => id)]
  if (everyId.every(isTrialId)) findings.push(...checkSummaries(manifest, trials))
  return findings
}

/** The stored patch, and the flags that it and the transcript give. */
async function checkFiles(trial: Trial, task: Task | undefined, parts: VerifyParts): Promise<Finding[]> {
  if (!trial.outcome) return []
  const folder = parts.trialFolder(trial.id)
  const [patch, transcript] = await Promise.all(
    [patchFile, transcriptFile].map(name => readIfAny(join(folder, name))),
  )
  const about = (kind: Finding['kind'], message: string): Finding => ({ trial: trial.id, kind, message })
  if (!patch) return [about('problem', `${patchFile} is missing`)]
  const checked = (mistakes: readonly string[], what: string, texts: readonly string[]): Finding[] =>
    mistakes.length > 0 && texts.some(text => isRedacted(text, parts))
      ? [about('unknown', `${what} redacted, cannot be checked`)]
      : mistakes.map(message => about('problem', message))
  const findings = checked(await checkPatch(patch, trial.outcome), `${patchFile} is`, [
    patch.toString('latin1'),
  ])
  if (!transcript) return [...findings, about('problem', `${transcriptFile} is missing`)]
  const stored = { patch: patch.toString('utf8'), transcript: transcript.toString('utf8') }
  const texts = [stored.patch, stored.transcript, JSON.stringify(trial)]
  return [...findings, ...checked(checkFlags(trial, stored, task), 'what its flags come from is', texts)]
}

async function checkGrade(
  trial: Trial,
  grade: Grade,
  config: unknown,
  parts: VerifyParts,
): Promise<Finding[]> {
  const recheck = parts.rechecks.get(grade.type)
  if (grade.status === 'unscored' || !recheck || config === undefined || !isPlainName(grade.grader)) return []
  const folder = join(parts.trialFolder(trial.id), 'graders', grade.grader)
  const read = await Promise.all(recheck.files(config).map(name => readIfAny(join(folder, name))))
  const texts = read.filter(bytes => bytes !== null).map(bytes => bytes.toString('utf8'))
  const mistakes = recheck.check(grade, config, texts)
  if (
    mistakes.length > 0 &&
    texts.some(text => isRedacted(text, parts)) &&
    recheck.check(grade, config, []).length === 0
  ) {
    const message = `${grade.grader}: its report is redacted, cannot be checked`
    return [{ trial: trial.id, kind: 'unknown', message }]
  }
  return mistakes.map(message => ({
    trial: trial.id,
    kind: 'problem',
    message: `${grade.grader}: ${message}`,
  }))
}

function isRedacted(text: string, { secretNames }: VerifyParts): boolean {
  return secretNames.some(name => text.includes(`[redacted:${name}]`))
}

/** It becomes a part of a path. */
function isPlainName(name: string): boolean {
  return !/[/\\\0]|^\.*$/.test(name)
}

function readIfAny(path: string): Promise<Buffer | null> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
}

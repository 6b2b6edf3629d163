/** The commands that reports tell their reader to type next: every spelling of a verb is in this file. */

/** Shows one trial of a run: grades, transcript, patch, logs. */
export function showTrial(runId: string, trialId: string): string {
  return `agent-eval show ${shellWord(trialId)} --run ${shellWord(runId)}`
}

/** Lists all trials of a run. */
export function listTrials(runId: string): string {
  return `agent-eval list ${shellWord(runId)}`
}

/** Runs what an interrupted run has not done, and again what errored. */
export function resumeRun(runId: string): string {
  return `agent-eval run --resume ${shellWord(runId)}`
}

/** Makes a run the baseline that later runs are compared with. */
export function acceptRun(runId: string): string {
  return `agent-eval baseline accept ${shellWord(runId)} --reason "..."`
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

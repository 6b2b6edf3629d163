import type {
  Exec,
  Gateway,
  GatewayTrial,
  Grader,
  Harness,
  PreparedSource,
  Workspaces,
} from '../contracts.ts'
import type { Network } from '../model/run.ts'
import type { Service } from '../model/service.ts'
import type { Spending } from '../model/spending.ts'
import type { Setup, Task } from '../model/suite.ts'
import type { TrialSpec } from '../model/trial.ts'

/** Names of the files that every trial's folder has. */
export const patchFile = 'patch.diff'
export const transcriptFile = 'transcript.jsonl'
/** Where the agent went through the gateway. */
export const modelCallsFile = 'model-calls.jsonl'

/** What the phases of a trial need from outside; made once per run. */
export interface TrialParts {
  task(id: string): Task
  setup(name: string): Setup
  /** Fetched and prepared at the first call, for all trials. */
  prepared(source: string): Promise<PreparedSource>
  /** The harness of a setup. */
  harness(setup: Setup): Harness
  /** What the agent of a setup may reach. */
  network(setup: Setup): Network
  /** Where the gateway sends a setup's model calls; null where its agent goes its own way. */
  service(setup: Setup): Service | null
  /** Opened at the first call, for all trials. */
  gateway(): Gateway
  /** All setups of the suite. */
  setups(): readonly Setup[]
  /** Whether a trial's model calls are recorded, or answered from a recording. */
  recording(trialId: string): Pick<GatewayTrial, 'record' | 'replay'>
  /** A grader by its type. */
  grader(type: string): Grader
  workspaces: Workspaces
  exec: Exec
  hostEnv: NodeJS.ProcessEnv
  /** Whether agents may write wherever the user may. */
  hostIsOpen: boolean
  /** A new private folder that no other trial knows. */
  makeFolder(purpose: string): string
  /** Keeps a trial's files. */
  saveFiles(trialId: string, folder: string): Promise<void>
  /** Notes what a trial that goes on has spent. */
  spend(spending: Spending): void
  /** Makes a value once for the run, however many trials ask for it. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>
  /** Throws InfraError if the disk is nearly full: before an agent is paid for whose work could not be kept. */
  requireRoom(): Promise<void>
  /** Throws InfraError if the run has used up what it may. */
  requireBudget(): void
  onPhase(spec: TrialSpec, phase: string): void
  /** Waits, unless the run is interrupted. */
  pause(ms: number): Promise<void>
  signal: AbortSignal
}

/**
 * Every extension point on one page, types only. A plug-in is a typed object in a file of its own plus one line in its
 * family's `index.ts`.
 */
import type { Socket } from 'node:net'
import type { ZodType } from 'zod'
import type { FileTree } from './model/files.ts'
import type { Report } from './model/report.ts'
import type { ContextSight, Metered, ModelCall } from './model/model-call.ts'
import type { Spending } from './model/spending.ts'
import type { ContainerImage, Isolation, RunManifest } from './model/run.ts'
import type { ModelApi, Service } from './model/service.ts'
import type { Entry, Found } from './util/layers.ts'
import type { Overlay } from './util/overlay.ts'
import type { Command, Fix, Limits, McpServer, Source, Suite } from './model/suite.ts'
import type { Attempt, Outcome, TranscriptEvent, Trial, TrialSpec } from './model/trial.ts'

// ---------------------------------------------------------------- processes

export interface ExecRequest {
  command: Command
  cwd: string
  /** The whole environment of the process: nothing of ours is added but a marker by which its children are found. */
  env: Record<string, string>
  timeoutMs: number
  /** Files that take the output; the same path twice merges both. They are created, or appended to. */
  stdout: string
  stderr: string
  /** Largest size of either file in bytes; past it the process tree is ended. Default 64 MiB. */
  maxOutputBytes?: number
  /** Written to stdin, which is then closed; or who writes to it as it goes on. Without it stdin is empty. */
  stdin?: string | ((input: CommandInput) => void)
  /** Called for each whole line of stdout soon after it was written; return false to end the process tree (`limit`). */
  onLine?: (line: string) => boolean
  /** When it aborts the process tree is ended (`limit`). */
  stop?: AbortSignal
  signal?: AbortSignal
  /** What the command may touch, where the sandbox can see to it. Without it: whatever the user may. */
  access?: Access
  /** What the command and all its children may use together. Without it nothing is limited, nor counted. */
  limits?: ResourceLimits
}

/** Stdin of a command that is talked with. Writing to one that has ended does nothing. */
export interface CommandInput {
  write(text: string): void
  end(): void
}

/** What is not there is not limited. Enforced as well as this machine lets us: the run says how well. */
export interface ResourceLimits {
  memoryBytes?: number | undefined
  /** In cores: 1.5 is one and a half. */
  cpus?: number | undefined
  /** Processes and threads at a time. */
  processes?: number | undefined
}

/** What a command used with all its children; null where nothing tells. */
export interface ResourceUse {
  peakMemoryBytes: number | null
  cpuMs: number | null
  /** How many of its processes were ended because it came to its memory limit. */
  memoryKills: number | null
  /** How often it could start no further process or thread, because it came to its limit of them. */
  processRefusals: number | null
}

/** Files and network of a command. Programs and libraries of the machine can always be read. */
export interface Access {
  /** Folders that it may write to. */
  write: readonly string[]
  /** Folders and files that it may read besides. */
  read: readonly string[]
  /** `off`: a loopback of its own and nothing else. A door: the same, with ports on that loopback that we answer. */
  network: 'open' | 'off' | NetworkDoor
  /** Overlays that are mounted for this command alone. */
  overlays?: readonly Overlay[]
  /** At the level `container` the id of the image whose programs it runs; elsewhere they are those of this machine. */
  image?: string | null
}

/** The way out of a sandbox that has no network. */
export interface NetworkDoor {
  /** Added to the environment of the command: how it finds the ports. */
  env: Record<string, string>
  ports: readonly DoorPort[]
}

export interface DoorPort {
  /** A loopback address, and a port from 1024 on. */
  address: string
  port: number
  /** Called with each connection of the command, in our own process. They are closed when the command has ended. */
  answer(connection: Socket): void
}

export interface ExecResult {
  /** `not-found`: the program does not exist or cannot be executed. */
  end: 'exited' | 'signalled' | 'timeout' | 'output-limit' | 'limit' | 'aborted' | 'not-found'
  /** Null unless `exited`. */
  exitCode: number | null
  signal: string | null
  durationMs: number
  /** Processes that outlived the command and were ended with it; null where the kernel ended them, uncounted. */
  leftovers: number | null
  /** Known only of commands that were limited. */
  used?: ResourceUse | null
}

/** Runs a command. Never throws for what the command does; when it resolves, its whole process tree is gone. */
export type Exec = (request: ExecRequest) => Promise<ExecResult>

/** Where and how commands run. Probed once per run by trying it. */
export interface Sandbox {
  isolation: Pick<Isolation, 'level'>
  /** One line for people: what is kept apart and what is not. */
  description: string
  /** Whether its commands can be given overlays. */
  mounts: boolean
  /** Throws InfraError with what is missing if it does not work on this machine. */
  probe(): Promise<void>
  /**
   * Where programs come from images: what a reference stands for now, fetched where it is not there (told by `onPull`) and
   * tried. Called for each image before a command names its id. Throws InfraError.
   */
  resolveImage?(reference: string, onPull: (reference: string) => void): Promise<ContainerImage>
  exec: Exec
}

// --------------------------------------------------------------- workspaces

/** A source at its pin, fetched and prepared: immutable, shared by all trials. */
export interface PreparedSource {
  source: Source
  /** Folder of the checkout with its own `.git`, which holds the pin and nothing later. Never written to. */
  path: string
  /** Folder of what the commands of `prepare` left, to be seen over the checkout. Never written to. Null without commands. */
  layer: string | null
  /** Names the content of both: changes with URL, commit, history and prepare commands. */
  key: string
  /** What had been changed since it was made in what was kept, so that it was built anew; null if nothing had. */
  damage: string | null
}

/** Files to be placed into a fresh workspace before the base of the patch is taken. */
export interface Placement {
  /** Written over whatever is there. */
  files: FileTree
  /** Globs of tracked files that are removed first. */
  strip: string[]
}

/** A fresh, private copy of a prepared source. Made for one trial or one grader; disposed of by whoever made it. */
export interface Workspace {
  /** The checked-out folder, as commands see it. */
  path: string
  /** What has to be mounted there for commands; null for a plain folder. */
  overlay: Overlay | null
  files: WorkspaceFiles
  /** All that has changed since it was made, by its maker's own git (the one in the folder is not trusted). */
  capture(): Promise<Patch>
  /** Applies a patch that `capture` made over the same placement. Throws InfraError if it does not apply. */
  apply(patch: string): Promise<void>
  /** Puts paths back as they were in the base; what was not there is removed. Folders on the way are never followed as links. */
  restore(paths: readonly string[]): Promise<void>
  /** Takes it off the disk. Never throws. */
  dispose(): Promise<void>
}

/**
 * A workspace's files for this process, while no command runs in it. Paths are relative, with `/`. What stands there may be
 * hostile: nothing leads out of the workspace.
 */
export interface WorkspaceFiles {
  /** What stands at a path once its links are followed; `outside` if they lead out. */
  locate(path: string): Promise<Found>
  /** What stands at a path, which may be a link; null if nothing does, or if it is behind a link. */
  at(path: string): Promise<Entry | null>
  /** Bytes of a regular file; null if there is none at that path, or only one behind a link. */
  read(path: string): Promise<Buffer | null>
  /** What is in a folder, by name. */
  entries(folder: Entry): Promise<Map<string, Entry>>
  /** Writes files; whatever is in their way is replaced, and no link followed. */
  write(files: FileTree): Promise<void>
  /** Removes files and folders, if they are there and not behind a link. */
  remove(paths: readonly string[]): Promise<void>
  /** The same, and then the folders above them that are empty: git knows none. */
  prune(paths: readonly string[]): Promise<void>
  /** Makes paths what they are in another workspace, links and missing ones too. */
  copy(from: WorkspaceFiles, paths: readonly string[]): Promise<void>
}

export interface Patch {
  /** `git diff --binary` against the base; empty if nothing changed. */
  text: string
  changedFiles: string[]
  linesAdded: number
  linesRemoved: number
}

/** What a fix commit gives to its task. */
export interface FixFiles {
  /** Hidden files as they are in the fix commit. */
  hidden: FileTree
  /** Hidden files that the fix commit deletes. */
  deleted: string[]
  /** The rest of the diff, as a patch over the pin. */
  reference: string
}

export interface Workspaces {
  /** How workspaces are made here, for the report: `overlay`, `fuse-overlayfs`, `reflink` or `copy`. */
  kind: string
  /**
   * Fetches and prepares a source once; later calls, also of other processes, reuse it. Its `image` is the id of the image
   * in which it is prepared, null where that is this machine. Throws InfraError with the output.
   */
  prepare(source: Source, exec: Exec): Promise<PreparedSource>
  /** A fresh workspace. With a placement the files are committed into it, so that `git status` is clean. */
  create(prepared: PreparedSource, placement: Placement): Promise<Workspace>
  /** Reads a fix commit from the mirror. Throws InfraError if the mirror cannot get it. */
  readFix(source: Source, fix: Fix): Promise<FixFiles>
}

// ------------------------------------------------------------------ gateway

/** Stands between the agents of a run and the services of their models, and holds the keys. */
export interface Gateway {
  /** A way of its own for one trial; whoever opens it has to close it. Throws InfraError. */
  open(trial: GatewayTrial): Promise<OpenGateway>
  /** Why no trial may begin any more, as the run has used up what it may; null while it has not. */
  budgetSpent(): string | null
  close(): Promise<void>
}

export interface GatewayTrial {
  service: Service
  /** The real key; null = the agent's own credentials are passed on. */
  key: string | null
  limits: ModelLimits
  /** What is looked for in the requests. */
  context: readonly ContextProbe[]
  /** Folder outside of all workspaces in which the record is written. */
  logs: string
  /** Keeps requests and answers in `cassette.jsonl`, for a later `replay`. */
  record: boolean
  /** Answers from this recording, without any network. */
  replay: { cassette: string; mode: 'strict' | 'loose' } | null
  /** Paths that differ from trial to trial, such as the workspace and HOME, by the word that replaces them in recordings. */
  volatile: Readonly<Record<string, string>>
  /** Called once, when a limit was reached: the agent is to be ended. */
  onLimit(reason: string): void
  /** Called with each call that has ended. Must not throw. */
  onCall?(call: ModelCall): void
}

/** What is not there is not limited. */
export interface ModelLimits {
  costUsd: number | null
  /** Input (cached and not) plus output. */
  tokens: number | null
  calls: number | null
  /** Further ones wait. */
  callsPerMinute: number | null
}

/** What was used, as far as it is known. */
export interface Spent {
  costUsd: number
  tokens: number
  calls: number
}

/** A text of a setup that should, or should not, reach the model. */
export interface ContextProbe extends Pick<ContextSight, 'kind' | 'name' | 'expected' | 'from'> {
  /** Lines by which it is known, of a skill its body's: nothing else that could reach the model has them. */
  lines: string[]
  /** What a list of skills says of it. */
  listing: string[]
}

/** What an agent is told instead of its service's address and key. */
export interface ModelAccess {
  api: ModelApi
  /** With the same path at its end as the service's own URL: `/v1` where that has it. */
  url: string
  /** Stands in for the key. Null where the agent keeps its own credentials. */
  key: string | null
}

export interface OpenGateway {
  access: ModelAccess
  /** The same address for a sandbox without any other network. */
  door: DoorPort
  /** Ends what is under way. Writes `model-calls.jsonl` and the recording. */
  close(): Promise<GatewayReport>
}

export interface GatewayReport {
  metered: Metered
  calls: ModelCall[]
  /**
   * The service's last word where no later call was answered; null if all is well. `silent`: it had none, for most of the
   * attempt's time; that tells why an agent came to its time limit, and nothing else.
   */
  failure: { kind: 'refused' | 'unavailable' | 'silent'; message: string } | null
  /** Why the run's budget ended the attempt, not a limit of its own; null if it did not. */
  budget: string | null
  /** What the agent said and did as the model saw it: of use where the agent tells nothing itself. */
  transcript: TranscriptEvent[]
}

// ---------------------------------------------------------------- harnesses

/** Paths within a workspace. */
export interface Layout {
  instructions: string
  skills: string
}

/** The service that an agent uses by itself, and the host variables that may hold its key, the first that is set counts. */
export interface UsualService extends Pick<Service, 'url' | 'api'> {
  keys: readonly string[]
}

export interface HarnessInput {
  trial: TrialSpec
  /** The setup's template filled in with the task's prompt. */
  prompt: string
  /** Working directory of the agent: setup files are in place and committed. */
  workspace: string
  /** The same for this process, which does not see the folder as commands do. */
  workspaceFiles: WorkspaceFiles
  /** Private, empty HOME of this trial. */
  home: string
  /** Folder for logs and reports of this trial, outside of the workspace. It is stored with the trial. */
  logs: string
  model: string | null
  effort: string | null
  mcp: Record<string, McpServer>
  /** Where the agent is to find its model; null where it goes its own way. */
  service: ModelAccess | null
  /** Clean environment with PATH, HOME, TMPDIR and what the setup allows. A harness adds to it, never to the host's. */
  env: Record<string, string>
  limits: Limits
  /** The files that `files(config)` asked for. */
  files: FileTree
  exec: Exec
  /** Id of the image in which `exec` runs; null where it runs the programs of this machine. */
  image: string | null
  signal: AbortSignal
}

export interface HarnessResult {
  attempt: Attempt
  transcript: TranscriptEvent[]
}

export interface HarnessProbe {
  /** Whether it can run here. */
  ok: boolean
  version: string | null
  /** What was found, or what is missing and how to get it. */
  message: string
}

export interface Harness<Config = unknown> {
  /** Keys beside `type`. Strict: an unknown key is an error with the nearest name. */
  config: ZodType<Config>
  /** One line for `agent-eval doctor` and the JSON Schema. */
  description: string
  /**
   * Where its agent looks for them, relative to the workspace. A skill NAME goes to `skills/NAME/`. A setup's AGENTS.md also
   * goes to `instructions`, beside it, unless the setup brings that file itself.
   */
  layout: Layout
  /** Where its configuration may say otherwise. */
  layoutOf?(config: Config): Layout
  /** What a setup may ask of it; asking for more is an error when the suite is loaded. */
  supports: { model: boolean; effort: boolean; mcp: boolean }
  /** Paths of suite files that it needs, relative to the suite's folder. */
  files?(config: Config): string[]
  /** What its agent can speak to a service that it is told of, the usual one first. Left out: it cannot be told. */
  apis?: readonly ModelApi[]
  /**
   * The service that its agent uses where the setup names none; null where that cannot be told. `env` is what the setup
   * sets and passes. Pure.
   */
  usualService?(
    config: Config,
    env: Readonly<Record<string, string>>,
    model: string | null,
  ): UsualService | null
  /**
   * Where its agent's model service is, as `host:port`; empty for an agent without a model, null where that cannot be told
   * from the configuration. `env` is what the setup sets and passes. Left out by a harness that cannot know. Pure.
   */
  endpoints?(config: Config, env: Readonly<Record<string, string>>, model: string | null): string[] | null
  /**
   * Whether the agent is there. Must be quick and must not contact a model. `exec` runs commands where the agent will run;
   * without it that is this machine.
   */
  probe(config: Config, exec?: Exec): Promise<HarnessProbe>
  /**
   * Runs the agent once. Called once per trial, many at a time. What went wrong is told in the attempt: by the agent (`crash`,
   * `timeout`, `limit`) or by its model's service (`refused`, `model-error`). Throws InfraError where the agent never was: its
   * program is missing.
   */
  run(input: HarnessInput, config: Config): Promise<HarnessResult>
}

// ------------------------------------------------------------------ graders

/** What a grader gets of a workspace: the folder for commands, and its files for the grader itself. */
export interface OpenWorkspace extends Pick<Workspace, 'path' | 'files'> {
  /** The hidden files that were placed, and those of the grader. */
  placed: FileTree
}

export interface GradeInput {
  task: { id: string; prompt: string }
  attempt: Attempt
  transcript: TranscriptEvent[]
  outcome: Outcome
  patch: string
  /**
   * A fresh workspace with the agent's patch, made for this call and disposed of after the grader ends. `hidden: true` also
   * places the task's hidden files, and then `files` over them.
   */
  workspace(options: { hidden: boolean; files?: FileTree }): Promise<OpenWorkspace>
  /** The same without the agent's patch: how things were before the agent came. */
  pristine(options: { hidden: boolean; files?: FileTree }): Promise<OpenWorkspace>
  /** Remembers a JSON value for this task and key during the run, so that work on the pristine tree is done once. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>
  /** The same for all tasks together, shared by all graders of this type. */
  oncePerRun<T>(key: string, make: () => Promise<T>): Promise<T>
  /** The files that `files(config)` asked for. */
  files: FileTree
  /** Folder for this grader's logs, outside of the workspaces. Stored with the trial. */
  logs: string
  /** Private empty folder for reports and scratch files: no agent has seen its name. */
  scratch: string
  /** Clean environment without any secret. */
  env: Record<string, string>
  /** Host variables that a grader declared by `secrets(config)`; absent where the host has none. */
  secrets: Record<string, string>
  /** It may write to the workspace in which it runs, and to `write`; without that to all folders named here. */
  exec(request: ExecRequest & { write?: readonly string[] }): Promise<ExecResult>
  signal: AbortSignal
}

export interface GraderResult {
  /** In [0,1]. */
  score: number
  pass: boolean
  /** What decided it, in one line or a few, for a reader who has not seen the grader. */
  explanation: string
  details?: unknown
}

export interface Grader<Config = unknown> {
  /** Keys beside `type`, `name`, `weight` and `required`. Strict. */
  config: ZodType<Config>
  description: string
  /** Paths of suite files that it needs, relative to the suite's folder. */
  files?(config: Config): string[]
  /** Names of host variables that it needs, redacted from everything that is stored. */
  secrets?(config: Config): string[]
  /** False where a patch alone cannot be judged, or judging it costs money: `validate --prove` leaves it out. Default true. */
  provable?: boolean
  /** Judges one aspect. Throwing means *unscored*: the trial is errored, not failed. */
  grade(input: GradeInput, config: Config): Promise<GraderResult>
}

// ------------------------------------------------------ engine and reporting

/** Runs the trials that are still to be done. Must call `onTrial` for each as soon as it ends. */
export type Executor = (
  specs: readonly TrialSpec[],
  run: (spec: TrialSpec) => Promise<Trial>,
  onTrial: (trial: Trial) => Promise<void>,
) => Promise<void>

/** Keeps runs. Everything that is written is redacted, and written so that a crash loses nothing finished. */
export interface RunStore {
  create(manifest: RunManifest, suite: Suite): Promise<void>
  /** Copies the files of one trial (patch, transcript, logs) to where they are kept. */
  saveFiles(runId: string, trialId: string, folder: string): Promise<void>
  /** Notes what a trial that goes on has spent, for a run that is ended before it. Does not throw. */
  spend(runId: string, spending: Spending): void
  /** Durable when it resolves. A second line for the same trial replaces the first. */
  append(runId: string, trial: Trial): Promise<void>
  /** Also seals the results: what anybody else writes there from now on, or wrote meanwhile, is seen when it is loaded. */
  update(manifest: RunManifest): Promise<void>
  /** Where one trial's files are kept. */
  trialFolder(runId: string, trialId: string): string
  /** By id, by the start of one, by folder, or `latest`. Throws UserError that lists what there is. */
  load(reference: string): Promise<StoredRun>
  /** Newest first. */
  list(): Promise<RunManifest[]>
  /** Keeps other processes from writing the same run while `work` goes on. Throws UserError if one does. */
  exclusively<T>(runId: string, work: () => Promise<T>): Promise<T>
}

export interface StoredRun {
  manifest: RunManifest
  /** The latest line of each trial. */
  trials: Trial[]
  /** Earlier lines of trials that were done again: what they cost was paid, too. */
  replaced: Trial[]
  /** What was spent on starts that came to no end. */
  lost: readonly Spending[]
  suite: Suite
  /** Absolute path of the run folder. */
  folder: string
  /** What was wrong with the files and how it was mended: a torn last line after a crash. */
  warnings: string[]
  /** That its results are not what was written when it ended, and what to do; null if they are, or if nothing tells. */
  altered: string | null
}

/** Told of what happens while a run goes on. Must not throw. */
export interface ProgressReporter {
  /** Trials of a run are about to start; called again for each further batch. */
  onBatch?(run: RunManifest, batch: readonly TrialSpec[]): void
  onSource?(source: Source, state: 'preparing' | 'ready'): void
  onTrialStart?(spec: TrialSpec): void
  onPhase?(spec: TrialSpec, phase: string): void
  onTrialEnd?(trial: Trial): void
  onRunEnd?(run: RunManifest): void
}

/** A file format: pure. */
export type Renderer = (report: Report) => string

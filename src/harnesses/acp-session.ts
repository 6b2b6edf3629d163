import { performance } from 'node:perf_hooks'
import { z } from 'zod'
import type { CommandInput, HarnessInput } from '../contracts.ts'
import { parseJson } from '../util/json.ts'
import {
  Initialized,
  Message,
  NewSession,
  PermissionRequest,
  PromptResult,
  Update,
  type Usage,
} from './acp-messages.ts'
import { updateReader, usageOf } from './acp-updates.ts'
import { addUsage } from '../core/attempt.ts'
import type { AgentReport } from './agent-report.ts'

/** How requests for permission are answered, by the kind of tool; `*` for every other kind. */
export type Permissions = Readonly<Record<string, 'allow' | 'reject'>>

export interface Wishes {
  mode: string | null
  permissions: Permissions
}

/** One conversation with an agent: initialize → new session → prompt. */
export interface Session {
  begin(input: CommandInput): void
  /** Reads one line of the agent. Returns false once all has been said. */
  read(line: string): boolean
  state(): { stopReason: string | null; version: string | null; refused: number }
}

const methodNotFound = -32601
const wantedVersion = 1

export function openSession(input: HarnessInput, wishes: Wishes, report: AgentReport): Session {
  const started = performance.now()
  const atMs = (): number => performance.now() - started
  const readUpdate = updateReader(report)
  let agent: CommandInput | null = null
  let lastId = 0
  let stopReason: string | null = null
  let version: string | null = null
  let refused = 0
  let ended = false
  const waiting = new Map<number, (result: unknown) => void>()

  const send = (message: Record<string, unknown>): void =>
    agent?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  const ask = (method: string, params: unknown, then: (result: unknown) => void): void => {
    lastId++
    waiting.set(lastId, then)
    send({ id: lastId, method, params })
  }
  const end = (error: string | null): void => {
    if (error !== null) report.error = error
    ended = true
    agent?.end()
  }
  /** What the agent answers is read by a schema; what does not fit ends the conversation. */
  const as =
    <T>(schema: z.ZodType<T>, what: string, then: (value: T) => void) =>
    (result: unknown): void => {
      const parsed = schema.safeParse(result)
      if (parsed.success) then(parsed.data)
      else end(`its answer to ${what} is not as the protocol says: ${parsed.error.issues[0]?.message}`)
    }

  const prompt = (sessionId: string): void =>
    ask(
      'session/prompt',
      { sessionId, prompt: [{ type: 'text', text: input.prompt }] },
      as(PromptResult, 'session/prompt', result => {
        stopReason = result.stopReason
        tellUsage(report, result.usage)
        end(null)
      }),
    )
  const setMode = (sessionId: string): void => {
    const { mode } = wishes
    if (mode === null) prompt(sessionId)
    else ask('session/set_mode', { sessionId, modeId: mode }, () => prompt(sessionId))
  }
  const newSession = (): void =>
    ask(
      'session/new',
      { cwd: input.workspace, mcpServers: mcpServers(input) },
      as(NewSession, 'session/new', ({ sessionId }) => setMode(sessionId)),
    )
  const initialize = (): void =>
    ask(
      'initialize',
      {
        protocolVersion: wantedVersion,
        clientInfo: { name: 'agent-eval', version: '1' },
        // Its files and terminals are its own: what it does is then done within its sandbox.
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      },
      as(Initialized, 'initialize', told => {
        version = told.agentInfo?.version ?? null
        if (told.protocolVersion === wantedVersion) newSession()
        else end(`it speaks version ${told.protocolVersion} of the protocol, not ${wantedVersion}`)
      }),
    )

  const answerPermission = (id: Message['id'], params: unknown): void => {
    const { data } = PermissionRequest.safeParse(params)
    const kind = data?.toolCall?.kind ?? 'other'
    const policy = wishes.permissions[kind] ?? wishes.permissions['*'] ?? 'allow'
    if (policy === 'reject') refused++
    const option = chosen(data?.options ?? [], policy)
    const outcome = option === null ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: option }
    send({ id, result: { outcome } })
  }

  const hear = (message: Message): void => {
    const { id, method, params, error } = message
    if (method === undefined) {
      const then = typeof id === 'number' ? waiting.get(id) : undefined
      if (typeof id === 'number') waiting.delete(id)
      if (error) end([error.code, error.message, wordsOf(error.data)].filter(Boolean).join(' '))
      else then?.(message.result)
    } else if (method === 'session/update') {
      const { data } = Update.safeParse(params)
      if (data) readUpdate(data.update, atMs())
    } else if (method === 'session/request_permission') answerPermission(id, params)
    else if (id !== undefined) send({ id, error: { code: methodNotFound, message: `no ${method} here` } })
  }

  return {
    begin(writer) {
      agent = writer
      initialize()
    },
    read(line) {
      if (line.trim() === '' || ended) return !ended
      const { data } = Message.safeParse(parseJson(line))
      if (data && (data.method !== undefined || data.id !== undefined)) hear(data)
      else report.unreadLines++
      return !ended
    },
    state: () => ({ stopReason, version, refused }),
  }
}

/** What tells of each call has been added up already. */
function tellUsage(report: AgentReport, usage: Usage | null | undefined): void {
  if (usage && report.usage === null) report.usage = addUsage(null, usageOf(usage))
}

/** Each time rather than once and for all, where it may choose: some agents write what holds for ever into the workspace. */
function chosen(
  options: z.infer<typeof PermissionRequest>['options'],
  policy: 'allow' | 'reject',
): string | null {
  const wanted = policy === 'allow' ? ['allow_once', 'allow_always'] : ['reject_once', 'reject_always']
  const found = wanted.map(kind => options.find(option => option.kind === kind)).find(Boolean)
  return found?.optionId ?? null
}

function wordsOf(data: unknown): string {
  if (data === undefined || data === null) return ''
  return typeof data === 'string' ? data : JSON.stringify(data)
}

function mcpServers({ mcp }: HarnessInput): unknown[] {
  return Object.entries(mcp).map(([name, server]) =>
    'url' in server
      ? { type: 'http', name, url: server.url, headers: [] }
      : {
          name,
          command: server.command[0],
          args: server.command.slice(1),
          env: Object.entries(server.env).map(([key, value]) => ({ name: key, value })),
        },
  )
}

import type { ChildProcess } from 'node:child_process'
import { Server, type Socket } from 'node:net'
import type { ExecRequest, ExecResult, NetworkDoor } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import { exec, type ExecOptions } from './exec.ts'
import { readTail } from './output.ts'

/**
 * A socket stays in the network in which it was made, whoever holds it. So a small program is started in the sandbox's own
 * network before the command; it listens there and hands us its sockets over Node's channel, and is gone before the command
 * begins. We accept what comes to them, without any process in between.
 */
const opener = `
const { createServer } = require('node:net')
const give = index => {
  const place = process.argv[index]
  if (place === undefined) return
  const at = place.lastIndexOf(':')
  const server = createServer()
  server.on('error', error => process.send({ problem: error.message }, () => process.exit(1)))
  server.listen({ host: place.slice(0, at), port: Number(place.slice(at + 1)) }, () =>
    process.send({ opened: index - 1 }, server, error => (error ? process.exit(1) : give(index + 1))),
  )
}
process.on('message', () => process.exit(0))
process.on('disconnect', () => process.exit(1))
give(1)
`

/**
 * The same in a language that starts in a quarter of the time, where this machine has it: each agent waits for it. What Node
 * says on its channel is a line of JSON, and the same answer comes to each socket that was handed over.
 */
const quickOpener = `
import _socket as net, os, sys
channel = net.socket(fileno=int(os.environ['NODE_CHANNEL_FD']))
channel.setblocking(True)
def wait():
    heard = b''
    while not heard.endswith(b'\\n'):
        byte = channel.recv(1)
        if not byte: sys.exit(1)
        heard += byte
for index, place in enumerate(sys.argv[1:]):
    address, port = place.rsplit(':', 1)
    server = net.socket(net.AF_INET6 if ':' in address else net.AF_INET, net.SOCK_STREAM)
    server.setsockopt(net.SOL_SOCKET, net.SO_REUSEADDR, 1)
    server.bind((address, int(port)))
    server.listen(511)
    server.setblocking(False)
    told = '{"cmd":"NODE_HANDLE","type":"net.Server","msg":{"opened":%d}}\\n' % index
    passed = server.fileno().to_bytes(4, sys.byteorder)
    channel.sendmsg([told.encode()], [(net.SOL_SOCKET, net.SCM_RIGHTS, passed)])
    wait()
wait()
`
/** Of the system: no agent can have put it there. */
const python = '/usr/bin/python3'

/** Lets the command start only after the doors are open, without the channel and without a trace of it. */
const script = `
quick() {
  [ -x ${python} ] && env -i NODE_CHANNEL_FD="$NODE_CHANNEL_FD" ${python} -I -S -c "$1" $2 </dev/null >/dev/null 2>&1
}
quick "$3" "$4" || env -i NODE_CHANNEL_FD="$NODE_CHANNEL_FD" "$1" -e "$2" -- $4 </dev/null >/dev/null || exit 125
exec 3>&-
unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE
shift 4
exec "$@"
`

/** The door of a request, null if it asks for none. */
export function doorOf({ access }: ExecRequest): NetworkDoor | null {
  return typeof access?.network === 'object' ? access.network : null
}

/** The command line that opens a request's door from inside, and then becomes the command; without a door the command. */
export function openingDoor(argv: readonly string[], request: ExecRequest): string[] {
  const door = doorOf(request)
  if (!door) return [...argv]
  const places = door.ports.map(({ address, port }) => `${address}:${port}`).join(' ')
  return ['/bin/sh', '-c', script, 'sh', process.execPath, opener, quickOpener, places, ...argv]
}

/**
 * Runs a command whose line holds `openingDoor` within a network of its own, where loopback is up, and answers at the door
 * for as long as it runs. Throws InfraError if the door could not be opened: the command has not run then.
 */
export async function throughDoor(request: ExecRequest, how: ExecOptions = {}): Promise<ExecResult> {
  const door = doorOf(request)
  if (!door) return exec(request, how)
  const servers: Server[] = []
  const connections = new Set<Socket>()
  let problem: string | null = null
  const serve = (child: ChildProcess): void => {
    child.on('message', (message: unknown, handle) => {
      const { opened, problem: told } = asMessage(message)
      if (told !== null) problem = told
      const port = opened === null ? undefined : door.ports[opened]
      if (!port || !(handle instanceof Server)) return
      servers.push(handle)
      handle.on('error', () => handle.close())
      handle.on('connection', connection => {
        connections.add(connection)
        connection.once('close', () => connections.delete(connection))
        port.answer(connection)
      })
      // From here on nothing that the command could do reaches us over the channel.
      if (servers.length === door.ports.length) child.send('go', () => child.connected && child.disconnect())
    })
  }
  try {
    const result = await exec(
      { ...request, env: { ...request.env, ...door.env } },
      { ...how, onChannel: serve },
    )
    if (servers.length < door.ports.length && result.end !== 'aborted' && result.end !== 'not-found')
      throw await notOpened(problem, request.stderr)
    return result
  } finally {
    for (const server of servers) server.close()
    for (const connection of connections) connection.destroy()
  }
}

function asMessage(message: unknown): { opened: number | null; problem: string | null } {
  const told = typeof message === 'object' && message !== null ? message : {}
  return {
    opened: 'opened' in told && typeof told.opened === 'number' ? told.opened : null,
    problem: 'problem' in told ? String(told.problem) : null,
  }
}

async function notOpened(problem: string | null, log: string): Promise<InfraError> {
  const why = problem ?? ((await readTail(log, 500)).trim() || 'the program that opens it said nothing')
  return new InfraError(`the sandbox's way to the network could not be opened: ${why}`)
}

import { lookup } from 'node:dns/promises'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import pLimit from 'p-limit'
import { showAuthority } from './destination.ts'

const connectTimeoutMs = 30_000

/** Connects to the first of these addresses that answers, and to no other, whatever the name leads to by now. */
export function connected(
  host: string,
  port: number,
  addresses: readonly string[],
  keep: (socket: Socket) => void,
): Promise<Socket> {
  const found = addresses.map(address => ({ address, family: isIP(address) }))
  const lookUp: LookupFunction = (_name, options, callback) =>
    options.all ? callback(null, found) : callback(null, found[0]?.address ?? '', found[0]?.family)
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      lookup: lookUp,
      allowHalfOpen: true,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 3000,
    })
    keep(socket)
    const late = setTimeout(
      () => socket.destroy(new Error(`${showAuthority(host, port)} did not answer in time`)),
      connectTimeoutMs,
    )
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed before it was connected')))
    const clear = (): void => clearTimeout(late)
    socket.once('connect', clear)
    socket.once('close', clear)
  })
}

/** Names are looked up by the few threads that also read files: a slow one must not hold up all of the program. */
const atOnce = pLimit(2)

/** All addresses of a name, as this machine finds them. */
export async function addressesOf(name: string): Promise<string[]> {
  return (await atOnce(() => lookup(name, { all: true }))).map(({ address }) => address)
}

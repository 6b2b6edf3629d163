import { request as overHttp } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { connect as overTls } from 'node:tls'
import { addressesOf, connected } from './connect.ts'
import { isLoopback, showAuthority } from './destination.ts'

/**
 * The proxy by which this machine reaches a place; null where it connects to it itself. `isPlain` where it is known to be
 * HTTP without TLS: else the port tells.
 */
export type UpstreamOf = (host: string, port: number, isPlain?: boolean) => URL | null

/**
 * Reads the usual variables: HTTP_PROXY for HTTP without TLS, HTTPS_PROXY for all else, ALL_PROXY where that is not set, and NO_PROXY.
 * This machine's own loopback is never behind a proxy. Proxies that speak no HTTP (SOCKS) are left out.
 */
export function upstreamFrom(env: NodeJS.ProcessEnv): UpstreamOf {
  const valueOf = (name: string): string => env[name] || env[name.toUpperCase()] || ''
  const proxyIn = (name: string): URL | null => toProxy(valueOf(name)) ?? toProxy(valueOf('all_proxy'))
  const [http, https] = [proxyIn('http_proxy'), proxyIn('https_proxy')]
  const isExcepted = exceptions(valueOf('no_proxy'))
  return (host, port, isPlain = port === 80) =>
    isLoopback(host) || isExcepted(host, port) ? null : isPlain ? http : https
}

function toProxy(text: string): URL | null {
  const whole = /^[a-z0-9+]+:\/\//i.test(text) ? text : `http://${text}`
  const url = text !== '' && URL.canParse(whole) ? new URL(whole) : null
  return url && /^https?:$/.test(url.protocol) ? url : null
}

/** Entries as curl and Node read them: `*`, `host`, `.domain`, `*.domain`, each also with a port, addresses and subnets. */
function exceptions(list: string): (host: string, port: number) => boolean {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  const subnets = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address)
    if (family === 0) continue
    const longest = family === 4 ? 32 : 128
    const length = bits === undefined ? longest : Number(bits)
    if (!Number.isInteger(length) || length < 0 || length > longest) continue
    subnets.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6')
  }
  const names = entries.map(entry => {
    const [, name = '', port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? []
    return { name, port: port === undefined ? null : Number(port) }
  })
  return (host, port) => {
    if (entries.includes('*')) return true
    const family = isIP(host)
    if (family !== 0 && subnets.check(host, family === 4 ? 'ipv4' : 'ipv6')) return true
    return names.some(
      entry =>
        (entry.port ?? port) === port &&
        entry.name !== '' &&
        (host === entry.name || host.endsWith(`.${entry.name}`)),
    )
  }
}

const answerTimeoutMs = 30_000

/** Connects to a place by a proxy, by its name. Throws with what the proxy answered, never with its password. */
export async function connectedBy(
  proxy: URL,
  host: string,
  port: number,
  keep: (socket: Socket) => void,
): Promise<Socket> {
  const name = proxy.hostname.replace(/^\[(.*)\]$/, '$1')
  const proxyPort = Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80))
  const addresses = isIP(name) === 0 ? await addressesOf(name) : [name]
  const plain = await connected(name, proxyPort, addresses, keep)
  const socket =
    proxy.protocol === 'https:'
      ? overTls({ socket: plain, ...(isIP(name) === 0 && { servername: name }) })
      : plain
  if (socket !== plain) keep(socket)
  const to = showAuthority(host, port)
  const { username, password } = proxy
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const headers = {
    Host: to,
    ...(username === '' ? {} : { 'Proxy-Authorization': `Basic ${Buffer.from(secret).toString('base64')}` }),
  }
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy()
      reject(new Error(`the proxy of this machine, ${showAuthority(name, proxyPort)}, ${why}`))
    }
    const asked = overHttp({ createConnection: () => socket, method: 'CONNECT', path: to, headers })
    const late = setTimeout(() => fail(`did not answer in time when asked for ${to}`), answerTimeoutMs)
    asked.on('close', () => clearTimeout(late))
    asked.on('connect', ({ statusCode = 0, statusMessage = '' }, _socket, head) => {
      clearTimeout(late)
      if (statusCode !== 200) return fail(`answered "${statusCode} ${statusMessage}" when asked for ${to}`)
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asked.on('response', ({ statusCode }) => fail(`answered "${statusCode}" when asked for ${to}`))
    asked.on('error', error => fail(`could not be asked for ${to}: ${error.message}`))
    asked.end()
  })
}

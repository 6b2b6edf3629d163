import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** A place in the network as a list names it: `host`, `host:port`, `*.domain`, `*.domain:port`, `1.2.3.4:80`, `[::1]:80`. */
export interface Destination {
  /** Lower case, without the leading `*.` and without brackets. */
  host: string
  /** Whether every name below `host` is meant, and not `host` itself. */
  below: boolean
  /** Null = those of the web, 80 and 443. */
  port: number | null
}

const webPorts = [80, 443]

/** Reads one entry of a list; null if it is none. */
export function parseDestination(text: string): Destination | null {
  const below = text.startsWith('*.')
  const parsed = parseAuthority(below ? text.slice(2) : text)
  if (!parsed || (below && (isIP(parsed.host) !== 0 || !parsed.host.includes('.')))) return null
  return { ...parsed, below }
}

/** Reads `host` or `host:port`, in whatever spelling (1.2.3.4 has many), into one form; null if it is neither. */
export function parseAuthority(text: string): { host: string; port: number | null } | null {
  if (text.length > 300 || !/^[^\s/\\?#@%*,]+$/.test(text)) return null
  if (!URL.canParse(`ws://${text}`)) return null
  const url = new URL(`ws://${text}`)
  const given = /:(\d+)$/.exec(text)?.[1]
  if (text.endsWith(':') || given === '0') return null
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (isIP(host) === 0 && !/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/.test(host)) return null
  return { host, port: given === undefined ? null : Number(given) }
}

/** `host:port` of a URL; null if it is no http or https URL. */
export function authorityOf(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return null
  return `${parsed.hostname}:${parsed.port || (parsed.protocol === 'https:' ? '443' : '80')}`
}

/** As one writes it. */
export function showAuthority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether a list names this host (a name or an address) at this port. */
export function isListed(list: readonly Destination[], host: string, port: number): boolean {
  return list.some(
    entry =>
      (entry.port === null ? webPorts.includes(port) : entry.port === port) &&
      (entry.below ? host.endsWith(`.${entry.host}`) : host === entry.host),
  )
}

/** Whether it is this machine's own loopback, by name or address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 ? host.startsWith('127.') : host === '::1')
}

const special = new BlockList()
const specialRanges =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 ' +
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ' +
  // Of what is global there: relays into IPv4, and documentation.
  '2001::/23 2001:db8::/32 2002::/16 3fff::/20'
for (const range of specialRanges.split(' ')) {
  const [address = '', bits] = range.split('/')
  special.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4')
}
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/**
 * Whether an address belongs to the public internet: not to a private network, not to this machine, not to the services
 * that clouds offer to their machines (IANA's registries of special-purpose addresses).
 */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 0 || special.check(address, family === 4 ? 'ipv4' : 'ipv6')) return false
  if (family === 6 && !globalUnicast.check(address, 'ipv6')) return false
  return !Object.values(networkInterfaces()).some(list => list?.some(own => own.address === address))
}

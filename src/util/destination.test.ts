import { describe, expect, it } from 'vitest'
import { authorityOf, isListed, isPublic, parseAuthority, parseDestination } from './destination.ts'

const list = (...texts: string[]) =>
  texts.map(text => {
    const found = parseDestination(text)
    if (!found) throw new Error(`${text} is no destination`)
    return found
  })

describe('places', () => {
  it.each([
    ['api.example.com', { host: 'api.example.com', port: null, below: false }],
    ['API.Example.com.:8443', { host: 'api.example.com', port: 8443, below: false }],
    ['*.example.com', { host: 'example.com', port: null, below: true }],
    ['*.example.com:8443', { host: 'example.com', port: 8443, below: true }],
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080, below: false }],
    ['0x7f.1:8080', { host: '127.0.0.1', port: 8080, below: false }],
    ['2130706433:80', { host: '127.0.0.1', port: 80, below: false }],
    ['[::1]:8080', { host: '::1', port: 8080, below: false }],
    ['münchen.example:80', { host: 'xn--mnchen-3ya.example', port: 80, below: false }],
  ])('reads %s', (text, expected) => expect(parseDestination(text)).toEqual(expected))

  it.each([
    '',
    '*',
    '*.com',
    '*.1.2.3.4',
    'a*.example.com',
    'https://example.com',
    'example.com/x',
    'a@b',
    'a:0',
    'a:',
    'a:99999',
    'a b',
    '-x',
    'a..b/',
    '::1',
    'a,b',
    'a%00b',
    `${'a'.repeat(400)}.com`,
    '*.*.com',
  ])('refuses %j', text => expect(parseDestination(text)).toBeNull())

  it('a place without a port is that of the web', () => {
    const places = list('example.com', '*.example.org', '127.0.0.1:8080')
    const listed = (text: string): boolean => {
      const { host, port } = parseAuthority(text) ?? { host: '', port: 0 }
      return isListed(places, host, port ?? 0)
    }
    expect(
      ['example.com:443', 'example.com:80', 'EXAMPLE.com.:443', 'a.b.example.org:443'].filter(listed),
    ).toHaveLength(4)
    expect(['127.0.0.1:8080', '127.1:8080'].filter(listed)).toHaveLength(2)
    const others = [
      'example.com:22',
      'a.example.com:443',
      'badexample.org:443',
      'example.org:443',
      '127.0.0.1:80',
    ]
    expect(others.filter(listed)).toEqual([])
  })

  it('gives host and port of a URL', () => {
    expect(authorityOf('https://api.example.com/v1')).toBe('api.example.com:443')
    expect(authorityOf('http://127.0.0.1:8080/v1')).toBe('127.0.0.1:8080')
    expect(authorityOf('http://[::1]/v1')).toBe('[::1]:80')
    expect(authorityOf('ftp://example.com')).toBeNull()
    expect(authorityOf('example.com')).toBeNull()
  })
})

describe('public addresses', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1'])('%s is public', address =>
    expect(isPublic(address)).toBe(true),
  )
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.200',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::a00:1',
    '2002:7f00:1::',
    '2001:0:1::',
    'ff02::1',
    'localhost',
    '',
  ])('%j is not', address => expect(isPublic(address)).toBe(false))
})

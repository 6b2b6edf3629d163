import { expect, it } from 'vitest'
import type { Network } from '../model/run.ts'
import { networkRemarks, openNetwork } from './network.ts'

const network = (change: Partial<Network> = {}): Network => ({
  policy: 'allow-list',
  asked: true,
  enforced: true,
  allowed: ['api.example.com:443'],
  ...change,
})

it('what is open, off or cannot be closed needs no door', () => {
  expect(openNetwork(network({ policy: 'open', allowed: [] })).access).toBe('open')
  expect(openNetwork(network({ policy: 'off', allowed: [] })).access).toBe('off')
  expect(openNetwork(network({ enforced: false })).access).toBe('open')
})

it('a list gives a door with a proxy, and the listed ports of this machine, each once', () => {
  const { access } = openNetwork(
    network({ allowed: ['api.example.com', 'localhost:31280', '127.0.0.1:31280', '[::1]:8080'] }),
  )
  if (typeof access === 'string') throw new Error('no door')
  expect(access.ports.map(({ address, port }) => `${address} ${port}`)).toEqual([
    '127.0.0.1 31281',
    '127.0.0.1 31280',
    '::1 8080',
  ])
  expect(access.env).toMatchObject({
    HTTPS_PROXY: 'http://127.0.0.1:31281',
    https_proxy: 'http://127.0.0.1:31281',
    no_proxy: 'localhost,127.0.0.1,::1',
    NODE_USE_ENV_PROXY: '1',
  })
})

it('tells what was refused, the first places one by one', () => {
  expect(
    networkRemarks(
      network(),
      [
        { to: 'github.com:443', why: 'unlisted', count: 3 },
        { to: 'llm.example:443', why: 'private', count: 1 },
      ],
      false,
    ),
  ).toEqual([
    'The agent asked for github.com:443 3 times, which its setup does not allow.',
    'The agent asked for llm.example:443 once, which leads to an address that is not public: list the address, too, to allow it.',
  ])
  const many = Array.from({ length: 30 }, (_, i) => ({ to: `h${i}:443`, why: 'unlisted' as const, count: 2 }))
  const notices = networkRemarks(network(), [...many, { to: null, why: 'unlisted', count: 5 }], false)
  expect(notices).toHaveLength(11)
  expect(notices.at(-1)).toBe('The agent asked for other places 45 times, which its setup does not allow.')
})

it('says what to write where an agent failed without a network that nobody had taken from it on purpose', () => {
  const off = network({ policy: 'off', allowed: [] })
  expect(networkRemarks({ ...off, asked: false }, [], true)).toEqual([expect.stringContaining('`network:`')])
  expect(networkRemarks({ ...off, asked: false }, [], false)).toEqual([])
  expect(networkRemarks(off, [], true)).toEqual([])
  expect(networkRemarks(network({ asked: false }), [], true)).toEqual([])
})

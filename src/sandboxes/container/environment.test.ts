import { expect, test } from 'vitest'
import { passEnvironment, withProgramsOf } from './environment.ts'

test('what fits into a line goes into the file, as it is', () => {
  expect(passEnvironment({ A: '1', B: ' "x" # $HOME = ', EMPTY: '' })).toEqual({
    file: 'A=1\nB= "x" # $HOME = \nEMPTY=\n',
    own: {},
  })
})

test('several lines, and what is too long for a line, go by the environment of the engine’s program', () => {
  const long = 'x'.repeat(20_000)
  expect(passEnvironment({ KEY: 'a\nb', LONG: long, RETURN: 'a\r' })).toEqual({
    file: '',
    own: { KEY: 'a\nb', LONG: long, RETURN: 'a\r' },
  })
})

test.each(['LD_PRELOAD', 'DOCKER_HOST', 'CONTAINER_HOST', 'PATH', 'HOME', 'https_proxy', 'GODEBUG'])(
  '%s never steers the engine’s program',
  name => {
    expect(passEnvironment({ [name]: '/x' })).toEqual({ file: `${name}=/x\n`, own: {} })
    expect(() => passEnvironment({ [name]: '/x\n' })).toThrow(
      `the variable ${name} cannot have several lines`,
    )
  },
)

test('the programs are those of the image', () => {
  const path = (given: string | undefined): string | undefined =>
    withProgramsOf('/image/bin', given === undefined ? {} : { PATH: given }, '/host/bin:/usr/bin')['PATH']
  expect(path('/host/bin:/usr/bin')).toBe('/image/bin')
  expect(path('/ws/node_modules/.bin:/host/bin:/usr/bin')).toBe('/ws/node_modules/.bin:/image/bin')
  expect(path('/my/own')).toBe('/my/own')
  expect(path(undefined)).toBe('/image/bin')
  expect(withProgramsOf(null, { PATH: '/host/bin', A: '1' }, '/host/bin')).toEqual({ A: '1' })
})

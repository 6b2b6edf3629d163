import { expect, test } from 'vitest'
import { prepareEnv } from './prepare-env.ts'

const folders = { home: '/h', temporary: '/t', packages: '/p' }
const host = {
  PATH: '/bin',
  SECRET: 's',
  NPM_CONFIG_REGISTRY: 'https://r.example/',
  JAVA_HOME: '/opt/java',
  GOROOT: '/opt/go',
  GOPROXY: 'off',
}

test('package managers keep the settings of the host, and secrets stay outside', () => {
  const env = prepareEnv(host, folders)
  expect(env).toMatchObject({
    NPM_CONFIG_REGISTRY: 'https://r.example/',
    JAVA_HOME: '/opt/java',
    GOPROXY: 'off',
  })
  expect(env).not.toHaveProperty('SECRET')
})

test('in an image nothing says where the programs of this machine are', () => {
  const env = prepareEnv(host, folders, false)
  expect(env).toMatchObject({
    NPM_CONFIG_REGISTRY: 'https://r.example/',
    GOPROXY: 'off',
    npm_config_cache: '/p/npm',
  })
  expect(env).not.toHaveProperty('JAVA_HOME')
  expect(env).not.toHaveProperty('GOROOT')
})

import { expect, test } from 'vitest'
import { runArguments, type ContainerRequest } from './run-arguments.ts'

const request: ContainerRequest = {
  name: 'n',
  label: 'k=v',
  image: 'sha256:1',
  argv: ['sh', '-c', 'true', '--privileged'],
  cwd: '/w',
  access: { write: ['/w', '/h'], network: 'off' },
  read: [],
  envFile: '/e',
  envNames: [],
  takesInput: false,
  user: 'same',
  ids: { uid: 1000, gid: 100 },
  passwd: null,
}

/** The values of an option, in order. */
function valuesOf(option: string, change: Partial<ContainerRequest> = {}): string[] {
  const args = runArguments({ ...request, ...change })
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []))
}

test('a command gets no rights, no network and a root that it cannot write to', () => {
  const args = runArguments(request).join(' ')
  expect(args).toContain('--cap-drop ALL --security-opt no-new-privileges')
  expect(args).toContain('--read-only')
  expect(args).toContain('--network none')
  expect(args).toContain('--pids-limit')
  expect(valuesOf('--network', { access: { write: [], network: 'open' } })).toEqual([])
})

test('nothing behind the image is an option of the engine, and nothing is fetched', () => {
  const args = runArguments(request)
  expect(args.slice(args.indexOf('--entrypoint='))).toEqual(['--entrypoint=', 'sha256:1', ...request.argv])
  expect(valuesOf('--pull')).toEqual(['never'])
})

test('folders have the same path inside; one that may be written to is not bound a second time for reading', () => {
  expect(valuesOf('--mount', { read: ['/r', '/w', '/r'] })).toEqual([
    'type=bind,source=/r,target=/r,readonly',
    'type=bind,source=/w,target=/w',
    'type=bind,source=/h,target=/h',
  ])
  expect(valuesOf('--mount', { passwd: '/p' })[0]).toBe('type=bind,source=/p,target=/etc/passwd,readonly')
})

test('a folder with a comma or a quote in its name cannot add options of its own', () => {
  expect(valuesOf('--mount', { access: { write: ['/a,readonly', '/b"c'], network: 'off' } })).toEqual([
    'type=bind,"source=/a,readonly","target=/a,readonly"',
    'type=bind,"source=/b""c","target=/b""c"',
  ])
})

test('whoever runs in the container is whoever runs the program', () => {
  expect(valuesOf('--user')).toEqual(['1000:100'])
  expect(valuesOf('--user', { user: 'root-is-us' })).toEqual(['0:0'])
  expect(valuesOf('--userns', { user: 'keep-id' })).toEqual(['keep-id'])
  expect(valuesOf('--userns', { user: 'remapped' })).toEqual(['host'])
  expect(valuesOf('--user', { ids: null })).toEqual([])
})

test('input is passed on only where there is some', () => {
  expect(runArguments(request)).not.toContain('--interactive')
  expect(runArguments({ ...request, takesInput: true })).toContain('--interactive')
})

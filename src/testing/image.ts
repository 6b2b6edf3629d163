import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const programs = ['sh', 'cat', 'env', 'grep', 'id', 'kill', 'ls', 'mount', 'setsid', 'sleep', 'touch', 'wc']

export type TestImage = { reference: string; remove(): Promise<void> } | { missing: string }

/**
 * A small image made of some programs of this machine and their libraries, because no registry can be reached everywhere.
 * Where that is not possible, why not.
 */
export async function makeTestImage(engine: 'docker' | 'podman'): Promise<TestImage> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-eval-image-'))
  const reference = `agent-eval-test:${process.pid}-${engine}`
  try {
    await run(engine, ['info'])
    const found = await Promise.all(programs.map(name => run('sh', ['-c', `command -v ${name}`])))
    const paths = ['/bin/sh', process.execPath, ...found.map(({ stdout }) => stdout.trim())].filter(path =>
      path.startsWith('/'),
    )
    const libraries = await Promise.all(paths.map(librariesOf))
    const files = [...new Set([...paths, ...libraries.flat()])].map(path => path.slice(1))
    const tar = join(folder, 'image.tar')
    await run('tar', ['--create', '--dereference', '--hard-dereference', '-f', tar, '-C', '/', ...files])
    const path = [...new Set(paths.map(program => dirname(program)))].join(':')
    await run(engine, ['import', '--change', `ENV PATH=${path}`, tar, reference])
    return {
      reference,
      remove: async () => {
        await run(engine, ['rmi', '--force', reference])
      },
    }
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error)
    return { missing: `${engine} does not work here: ${said}` }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [await realpath(program)])
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? [])
}

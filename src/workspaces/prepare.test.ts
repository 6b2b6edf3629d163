import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Exec, PreparedSource } from '../contracts.ts'
import { InfraError } from '../errors.ts'
import type { Source } from '../model/suite.ts'
import { exec } from '../util/exec.ts'
import { gitIn, makePlace, makeRepository, nothingPlaced, sourceOf } from './testing/repository.ts'

const place = makePlace('prepare')
let source: Source

beforeAll(() => {
  const repository = makeRepository(join(place.root, 'repository'))
  const commit = repository.commit({
    'a.txt': 'a\n',
    'tracked.log': 't\n',
    '.gitignore': 'deps/\n*.log\nvenv/\n',
  })
  source = sourceOf(repository.path, commit)
})
afterAll(() => place.remove())

const prepare = (...commands: Source['prepare']): Promise<PreparedSource> =>
  place.workspaces.prepare({ ...source, prepare: commands }, exec)

describe('preparing a source', () => {
  it('runs the commands once, in order, in the checkout, and every workspace gets what they leave', async () => {
    const count = join(place.root, 'count')
    const commands = [
      `echo x >>${count}; mkdir deps; cat a.txt >deps/x`,
      ['sh', '-c', 'cat deps/x deps/x >deps/y'],
    ]
    const first = await prepare(...commands)
    const second = await prepare(...commands)
    expect(second).toEqual(first)
    expect(readFileSync(count, 'utf8')).toBe('x\n')
    const workspace = await place.workspaces.create(first, nothingPlaced)
    expect(readFileSync(join(workspace.path, 'deps/y'), 'utf8')).toBe('a\na\n')
    expect(gitIn(workspace.path, 'status', '--porcelain')).toBe('')
    expect((await workspace.capture()).text).toBe('')
  })

  it('has a key that changes with what decides the content', async () => {
    const keys = await Promise.all([
      prepare(),
      prepare('true'),
      place.workspaces.prepare({ ...source, history: 'none' }, exec),
      place.workspaces.prepare({ ...source, name: 'renamed', prepareTimeoutMs: 5 }, exec),
      place.workspaces.prepare({ ...source, image: 'sha256:1' }, exec),
      place.workspaces.prepare({ ...source, image: 'sha256:1', prepare: ['true'] }, exec),
      place.workspaces.prepare({ ...source, image: 'sha256:2', prepare: ['true'] }, exec),
    ])
    const [plain, withCommand, withoutPast, renamed, inImage, preparedInImage, preparedInOther] = keys.map(
      prepared => prepared.key,
    )
    expect(new Set([plain, withCommand, withoutPast, preparedInImage, preparedInOther]).size).toBe(5)
    // Nothing of the image is in a checkout that no command has prepared.
    expect(inImage).toBe(plain)
    expect(renamed).toBe(plain)
  })

  it('never shows as the work of an agent: what the commands changed is committed before', async () => {
    const prepared = await prepare(
      'echo changed >a.txt; echo new >new.txt; echo t2 >tracked.log; chmod +x a.txt',
    )
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    expect(gitIn(workspace.path, 'status', '--porcelain')).toBe('')
    expect(gitIn(workspace.path, 'log', '--format=%s')).toBe('agent-eval: workspace\nchange')
    writeFileSync(join(workspace.path, 'new.txt'), 'agent\n')
    expect((await workspace.capture()).changedFiles).toEqual(['new.txt'])
    const again = await place.workspaces.create(prepared, nothingPlaced)
    await again.apply((await workspace.capture()).text)
    expect(readFileSync(join(again.path, 'new.txt'), 'utf8')).toBe('agent\n')
    expect(gitIn(again.path, 'rev-parse', 'HEAD')).toBe(gitIn(workspace.path, 'rev-parse', 'HEAD'))
    // The checkout itself still holds the pin only.
    expect(gitIn(prepared.path, 'rev-parse', 'HEAD')).toBe(source.commit)
  })

  it('keeps installed packages out of the patch of an agent that empties .gitignore', async () => {
    const workspace = await place.workspaces.create(
      await prepare('mkdir -p deps "o?d *"; echo d >deps/d; echo e >"o?d *"/e.log'),
      nothingPlaced,
    )
    writeFileSync(join(workspace.path, '.gitignore'), '')
    writeFileSync(join(workspace.path, 'mine.log'), 'mine\n')
    expect((await workspace.capture()).changedFiles).toEqual(['.gitignore', 'mine.log'])
  })

  it('undoes whatever the commands do to .git', async () => {
    const hacked = join(place.root, 'hacked')
    const commands = [
      `printf '#!/bin/sh\\ntouch ${hacked}\\ncat\\n' >deps.log; chmod +x deps.log`,
      'mkdir -p .git/hooks; cp deps.log .git/hooks/pre-commit; git config core.fsmonitor "$PWD/deps.log"',
      'git config filter.x.clean "$PWD/deps.log"; echo "* filter=x" >.gitattributes; echo x >a.txt; git commit -qam mine',
      `rm -f ${hacked}`,
    ]
    const prepared = await prepare(...commands)
    const workspace = await place.workspaces.create(prepared, { files: {}, strip: ['nothing'] })
    expect(existsSync(hacked)).toBe(false)
    expect(existsSync(join(workspace.path, '.git/hooks'))).toBe(false)
    expect(gitIn(workspace.path, 'config', '--local', '--list')).not.toMatch(/filter|fsmonitor/)
    expect(gitIn(workspace.path, 'log', '--format=%s')).toBe('agent-eval: workspace\nchange')
  })

  it('gives the commands a clean environment with the settings of package managers', async () => {
    const before = { ...process.env }
    Object.assign(process.env, {
      MY_TOKEN: 'secret',
      PIP_INDEX_URL: 'https://pip.example',
      npm_config_local_prefix: '/x',
    })
    try {
      const { layer } = await prepare('env >env.log')
      const text = readFileSync(join(layer ?? '', 'env.log'), 'utf8')
      expect(text).not.toContain('secret')
      expect(text).not.toContain('local_prefix')
      expect(text).toContain('PIP_INDEX_URL=https://pip.example\n')
      expect(text).toContain(`PIP_CACHE_DIR=${join(place.root, 'cache/packages/pip')}\n`)
      expect(text).not.toContain(`HOME=${before['HOME']}\n`)
    } finally {
      delete process.env['MY_TOKEN']
      delete process.env['PIP_INDEX_URL']
      delete process.env['npm_config_local_prefix']
      Object.assign(process.env, before)
    }
  })
})

describe('a prepare command that fails', () => {
  const checkouts = (): string[] => readdirSync(join(place.root, 'cache/prepared'))

  it('is told with its exit code and the end of its output, and leaves nothing half-made', async () => {
    const before = checkouts()
    const failing = prepare('echo fine', 'seq 1 100; echo broken >&2; exit 7', 'echo not reached')
    const error = await failing.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(InfraError)
    const message = error instanceof Error ? error.message : ''
    expect(message).toMatch(
      /^preparing source "source" failed: "seq 1 100.*" ended with exit code 7:\n62\n63\n/s,
    )
    expect(message).toMatch(
      /\n100\nbroken\nThe whole output is in (.*)\. It is tried again by the next run\.$/,
    )
    const log = readFileSync(/output is in (.*)\. It/.exec(message)?.[1] ?? '', 'utf8')
    expect(log).toMatch(/^\$ echo fine\nfine\n\$ seq 1 100.*\n1\n2\n/)
    expect(checkouts()).toEqual(before)
  })

  it('is tried again, once for all who ask at the same time', async () => {
    const count = join(place.root, 'tries')
    const command = `echo x >>${count}; test $(wc -l <${count}) -gt 1`
    const tries = await Promise.allSettled([prepare(command), prepare(command), prepare(command)])
    expect(tries.map(one => one.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(readFileSync(count, 'utf8')).toBe('x\n')
    await prepare(command)
    expect(readFileSync(count, 'utf8')).toBe('x\nx\n')
  })

  it('because of its time limit, or because there is no such program, says so', async () => {
    const slow = place.workspaces.prepare(
      { ...source, prepare: ['echo a; sleep 60'], prepareTimeoutMs: 500 },
      exec,
    )
    await expect(slow).rejects.toThrow(/"echo a; sleep 60" did not end in time.* 1 s together.*\na\n/s)
    await expect(prepare(['no-such-program-x', 'y'])).rejects.toThrow(/"no-such-program-x y" was not found/)
  })

  it('by an interruption is no success', async () => {
    const interrupted: Exec = request => exec({ ...request, signal: AbortSignal.abort() })
    const { workspaces } = place
    await expect(workspaces.prepare({ ...source, prepare: ['echo 1'] }, interrupted)).rejects.toThrow(
      /was interrupted/,
    )
  })
})

describe('a workspace never uses files of the shared checkout by their absolute path', () => {
  it('with scripts, links and file: addresses that name the folder', async () => {
    const prepared = await prepare(
      `mkdir deps
       echo 'echo shared checkout' >deps/code.sh
       printf '#!%s/deps/run\\n' "$PWD" >deps/shebang; printf '#!/bin/sh\\n. %s/deps/code.sh\\n' "$PWD" >deps/run
       chmod 755 deps/shebang; chmod 555 deps/run; touch -d '2001-02-03 04:05:06' deps/run
       echo "{\\"url\\": \\"file://$PWD/deps\\"}" >deps/url.json; ln -s "$PWD/deps/code.sh" deps/link
       echo "$PWD" >unignored.txt
       printf 'binary\\0%s' "$PWD" >deps/binary`,
    )
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    const { path } = workspace
    const textOf = (name: string): string => readFileSync(join(path, name), 'utf8')
    writeFileSync(join(path, 'deps/code.sh'), 'echo own copy\n')
    expect(execFileSync(join(path, 'deps/run')).toString()).toBe('own copy\n')
    expect(textOf('deps/shebang')).toBe(`#!${path}/deps/run\n`)
    expect(textOf('deps/url.json')).toBe(`{"url": "file://${path}/deps"}\n`)
    expect(textOf('unignored.txt')).toBe(`${path}\n`)
    expect(readlinkSync(join(path, 'deps/link'))).toBe(join(path, 'deps/code.sh'))
    const { mode, mtime } = lstatSync(join(path, 'deps/run'))
    expect([mode & 0o777, mtime.getFullYear()]).toEqual([0o555, 2001])
    expect(textOf('deps/binary')).toBe(readFileSync(join(prepared.layer ?? '', 'deps/binary'), 'utf8'))
    expect(gitIn(path, 'status', '--porcelain')).toBe('')
    expect((await workspace.capture()).text).toBe('')
  })

  it('with a virtual environment of Python', async context => {
    const works = execFileSync('sh', [
      '-c',
      'python3 -c "import venv" 2>/dev/null && echo yes || echo no',
    ]).toString()
    if (works !== 'yes\n') return context.skip()
    const prepared = await prepare(
      'python3 -m venv --without-pip venv; cd venv/lib/python3*/site-packages; echo "$OLDPWD" >own.pth',
    )
    const workspace = await place.workspaces.create(prepared, nothingPlaced)
    writeFileSync(join(workspace.path, 'module_x.py'), 'print(__file__)\n')
    const script = 'import sys, module_x; print(sys.prefix)'
    const output = execFileSync(join(workspace.path, 'venv/bin/python'), ['-c', script], {
      cwd: '/',
    }).toString()
    expect(output).toBe(`${workspace.path}/module_x.py\n${workspace.path}/venv\n`)
    const activated = execFileSync('sh', ['-c', '. venv/bin/activate; command -v python'], {
      cwd: workspace.path,
    })
    expect(activated.toString()).toBe(`${workspace.path}/venv/bin/python\n`)
  })
})

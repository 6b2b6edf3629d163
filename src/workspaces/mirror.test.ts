import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InfraError, UserError } from '../errors.ts'
import { ensureCommit } from './mirror.ts'
import { gitIn, makePlace, makeRepository, type TestRepository } from './testing/repository.ts'

let place: ReturnType<typeof makePlace>
let cache: string
let repository: TestRepository
let first: string
let second: string

beforeEach(() => {
  place = makePlace('mirror')
  cache = join(place.root, 'cache')
  repository = makeRepository(join(place.root, 'repository'))
  first = repository.commit({ a: 'one\n' })
  second = repository.commit({ a: 'two\n' })
})
afterEach(() => place.remove())

/** Runs with another home, and so with another git configuration of the user. */
async function withUserConfig<T>(config: string, run: () => Promise<T>): Promise<T> {
  const home = process.env['HOME']
  process.env['HOME'] = join(place.root, 'home')
  mkdirSync(process.env['HOME'])
  writeFileSync(join(process.env['HOME'], '.gitconfig'), config)
  try {
    return await run()
  } finally {
    process.env['HOME'] = home
  }
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(InfraError)
  return error instanceof Error ? error.message : ''
}

describe('the mirror of a repository', () => {
  it('gets a commit from a folder, a file: address, or a bare repository', async () => {
    const bare = join(place.root, 'bare.git')
    gitIn(place.root, 'clone', '-q', '--bare', repository.path, bare)
    for (const url of [repository.path, join(repository.path, '.git'), `file://${repository.path}`, bare]) {
      const gitDir = await ensureCommit(cache, url, first)
      expect(gitIn(gitDir, 'log', '--format=%H', first)).toBe(first)
      expect(statSync(gitDir).mode & 0o777).toBe(0o700)
    }
  })

  it('asks nobody for a commit that it has', async () => {
    await ensureCommit(cache, repository.path, second)
    rmSync(repository.path, { recursive: true })
    await ensureCommit(cache, repository.path, second)
    // In the past of the other one.
    await ensureCommit(cache, repository.path, first)
    const unknown = ensureCommit(cache, repository.path, first.replaceAll(/./g, '0'))
    await expect(unknown).rejects.toThrow(/cannot read the repository/)
  })

  it('gets a commit that was pushed later, and one that no branch has any more', async () => {
    await ensureCommit(cache, repository.path, first)
    gitIn(repository.path, 'reset', '-q', '--hard', first)
    expect(gitIn(await ensureCommit(cache, repository.path, second), 'show', `${second}:a`)).toBe('two')
  })

  it('fetches all branches where the server does not hand out a commit by its id', async () => {
    // Protocol 0 knows only the tips of branches; `first` is none.
    await withUserConfig('[protocol]\nversion = 0\n', async () => {
      const gitDir = await ensureCommit(cache, `file://${repository.path}`, first)
      expect(gitIn(gitDir, 'rev-parse', `refs/pins/${first}`)).toBe(first)
    })
  })

  it('follows rewritten addresses of the user', async () => {
    const config = `[url "file://${repository.path}"]\ninsteadOf = https://git.invalid/team/project\n`
    await withUserConfig(config, async () => {
      expect(await ensureCommit(cache, 'https://git.invalid/team/project', second)).toContain(cache)
    })
  })

  it('runs no program of the user configuration, of the repository or of a tampered mirror', async () => {
    const evil = join(place.root, 'evil.sh')
    const hacked = join(place.root, 'hacked')
    writeFileSync(evil, `#!/bin/sh\ntouch ${hacked}\n`)
    chmodSync(evil, 0o755)
    const gitDir = await ensureCommit(cache, repository.path, first)
    const programs = `[core]\nfsmonitor = ${evil}\nhooksPath = ${join(place.root, 'hooks')}\n[uploadpack]\npackObjectsHook = ${evil}\n[gc]\nauto = 1\n`
    for (const hooks of [
      join(place.root, 'hooks'),
      join(gitDir, 'hooks'),
      join(repository.path, '.git/hooks'),
    ]) {
      mkdirSync(hooks, { recursive: true })
      gitIn(place.root, 'init', '-q', 'unused')
      writeFileSync(join(hooks, 'reference-transaction'), `#!/bin/sh\ntouch ${hacked}\n`, { mode: 0o755 })
    }
    writeFileSync(join(gitDir, 'config'), programs)
    writeFileSync(join(repository.path, '.git/config'), programs)
    await withUserConfig(programs.replace(/\[uploadpack\]\n.*\n/, ''), () =>
      ensureCommit(cache, repository.path, second),
    )
    expect(existsSync(hacked)).toBe(false)
  })

  it('is fetched once when many ask at the same time', async () => {
    const folders = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        ensureCommit(cache, repository.path, index % 2 ? first : second),
      ),
    )
    expect(new Set(folders).size).toBe(1)
    expect(
      gitIn(folders[0] ?? '', 'for-each-ref', '--format=%(objectname)')
        .split('\n')
        .toSorted(),
    ).toEqual([first, second].toSorted())
  })

  it('works after a fetch that was killed has left its locks', async () => {
    const gitDir = await ensureCommit(cache, repository.path, first)
    for (const lock of [`refs/pins/${second}.lock`, 'packed-refs.lock', 'shallow.lock', 'config.lock']) {
      writeFileSync(join(gitDir, lock), '')
    }
    expect(gitIn(await ensureCommit(cache, repository.path, second), 'show', `${second}:a`)).toBe('two')
  })

  it('does not take half of a history for the whole', async () => {
    const shallow = join(place.root, 'shallow')
    gitIn(place.root, 'clone', '-q', '--depth=1', `file://${repository.path}`, shallow)
    for (const round of [1, 2]) {
      const message = await messageOf(ensureCommit(cache, shallow, second))
      expect(message, `round ${round}`).toMatch(/is a shallow clone.*git fetch --unshallow/s)
    }
  })

  it('reads repositories with SHA-256', async () => {
    const path = join(place.root, 'sha256')
    gitIn(place.root, 'init', '-q', '--object-format=sha256', path)
    gitIn(path, 'commit', '-q', '--allow-empty', '-m', 'x')
    const commit = gitIn(path, 'rev-parse', 'HEAD')
    expect(gitIn(await ensureCommit(cache, path, commit), 'cat-file', '-t', commit)).toBe('commit')
  })
})

describe('a commit that cannot be had', () => {
  it('is named with its repository and what to do', async () => {
    const unknown = '0123456789012345678901234567890123456789'
    const message = await messageOf(ensureCommit(cache, repository.path, unknown))
    expect(message.split('\n')[0]?.replaceAll(place.root, 'ROOT')).toBe(
      `the repository ROOT/repository gives no commit ${unknown}: it is on none of its branches and tags, and git said:`,
    )
    expect(message).toContain(`fatal: remote error: upload-pack: not our ref ${unknown}`)
    expect(message).toMatch(/\nCheck the id, and push the commit to a branch or tag of that repository\.$/)
  })

  it('or a repository that cannot be reached, with what git said', async () => {
    const message = await messageOf(ensureCommit(cache, join(place.root, 'nowhere'), first))
    expect(message.replaceAll(place.root, 'ROOT')).toMatchInlineSnapshot(`
      "cannot read the repository ROOT/nowhere:
      fatal: 'ROOT/nowhere' does not appear to be a git repository
      fatal: Could not read from remote repository.

      Please make sure you have the correct access rights
      and the repository exists.
      Check the address and the network, and that "git ls-remote ROOT/nowhere" works in a terminal."
    `)
    const refused = ensureCommit(cache, 'https://127.0.0.1:1/x.git', first)
    const error = await refused.catch((error: unknown) => error)
    expect(error).toMatchObject({ transient: true, message: expect.not.stringContaining('secret') })
  })

  it('because it is a tag tells the commit that the tag names', async () => {
    gitIn(repository.path, 'tag', '-a', '-m', 'tag', 'v1', first)
    const tag = gitIn(repository.path, 'rev-parse', 'v1')
    await expect(ensureCommit(cache, repository.path, tag)).rejects.toThrow(
      `is a tag and no commit, use the commit that it names: ${first}`,
    )
  })
})

describe('an address', () => {
  const refused = [
    '--upload-pack=touch hacked',
    '-u',
    'ext::sh -c touch% hacked',
    'EXT::sh -c touch% hacked',
    'fd::17',
    '::x',
    'ssh://-oProxyCommand=touch%20hacked/x',
    '-oProxyCommand=x:y',
    'http://example.org/x.git',
    'git://example.org/x.git',
    'relative/path',
    './relative',
    'file://host/x',
    'https://example.org/x\n.git',
    '',
  ]
  for (const url of refused) {
    it(`${JSON.stringify(url)} is refused`, async () => {
      await expect(ensureCommit(cache, url, first)).rejects.toThrow(UserError)
      expect(existsSync(cache)).toBe(false)
    })
  }

  it('is refused with a commit that is no full id', async () => {
    for (const commit of ['main', first.slice(0, 12), `${first} `, '--all', first.toUpperCase()]) {
      await expect(ensureCommit(cache, repository.path, commit)).rejects.toThrow(/no full commit id/)
    }
  })
})

it('a commit that names more files than any disk holds is refused at once, each time', async () => {
  const { path } = repository
  const blob = gitIn(path, 'rev-parse', 'HEAD:a')
  const makeTree = (entries: readonly string[]): string => {
    const input = entries.map(entry => `${entry}\n`).join('')
    return execFileSync('git', ['mktree'], { cwd: path, input, encoding: 'utf8' }).trim()
  }
  let tree = makeTree([`100644 blob ${blob}\ta`])
  for (let depth = 0; depth < 9; depth += 1)
    tree = makeTree([...'0123456789'].map(name => `040000 tree ${tree}\t${name}`))
  const bomb = gitIn(path, 'commit-tree', '-m', 'bomb', tree)
  gitIn(path, 'update-ref', 'refs/heads/bomb', bomb)
  const message = /has more than 3,000,000 files.*: pin another commit/
  await expect(ensureCommit(cache, path, bomb)).rejects.toThrow(message)
  await expect(ensureCommit(cache, path, bomb)).rejects.toThrow(message)
  await expect(ensureCommit(cache, path, second)).resolves.toContain('mirrors')
})

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InfraError } from '../errors.ts'
import { git, gitText, joinZ, runGit, splitZ, withoutCredentials } from './git.ts'
import { writeGitDir } from './git-dir.ts'

let root: string
let gitDir: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'git-'))
  gitDir = join(root, 'x.git')
  await writeGitDir(gitDir, { bare: true })
})
afterAll(() => rmSync(root, { recursive: true }))

/** Puts a program named git before the real one on the PATH. */
async function withProgram<T>(script: string, run: () => Promise<T>): Promise<T> {
  const before = process.env['PATH']
  const bin = mkdtempSync(join(root, 'bin-'))
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, 'git'), 0o755)
  process.env['PATH'] = `${bin}:${before}`
  try {
    return await run()
  } finally {
    process.env['PATH'] = before
  }
}

describe('running git', () => {
  it('gives bytes, or text without the last line end', async () => {
    const bytes = Buffer.from([0, 255, 10, 10])
    const id = await gitText(['hash-object', '-w', '--stdin'], { gitDir, input: bytes })
    expect(id).toMatch(/^[0-9a-f]{40}$/)
    expect(await git(['cat-file', 'blob', id], { gitDir })).toEqual(bytes)
  })

  it('takes a stream as input, and gives output as it comes', async () => {
    const id = await gitText(['hash-object', '-w', '--stdin'], { gitDir, input: 'x' })
    const input = Readable.from(Array.from({ length: 5000 }, () => `${id}\n`))
    let bytes = 0
    const onStdout = (chunk: Buffer): void => void (bytes += chunk.length)
    expect(await git(['cat-file', '--batch-check=%(objectname)'], { gitDir, input, onStdout })).toHaveLength(
      0,
    )
    expect(bytes).toBe(5000 * 41)
  })

  it('tells the command and what git said when it fails, without passwords', async () => {
    const failing = git(['cat-file', '-t', 'https://user:secret@x/nothing'], { gitDir })
    await expect(failing).rejects.toThrow(InfraError)
    await expect(failing).rejects.toThrow(
      /^"git cat-file -t https:\/\/\*\*\*@x\/nothing" failed with exit code 128 in .*x\.git:\nfatal: invalid object name/,
    )
    await expect(failing).rejects.not.toThrow('secret')
    expect((await runGit(['cat-file', '-e', '0'.repeat(40)], { gitDir })).exitCode).toBe(1)
  })

  it('survives a git that does not read its input', async () => {
    const input = Buffer.alloc(10_000_000)
    await expect(git(['cat-file', '-t', 'nothing'], { gitDir, input })).rejects.toThrow(
      /Not a valid object name/,
    )
  })

  it('stops at its time limit, with all that git started', async () => {
    const file = join(root, 'survivor')
    const script = `(sleep 1; touch ${file}) & sleep 60`
    await withProgram(script, async () => {
      await expect(git(['fetch'], { gitDir, timeoutMs: 200 })).rejects.toThrow(
        /"git fetch" did not end within 0 s/,
      )
    })
    await new Promise(resolve => setTimeout(resolve, 1200))
    expect(existsSync(file)).toBe(false)
  })

  it('stops when there is too much output', async () => {
    await withProgram('yes', async () => {
      await expect(git(['log'], { gitDir, maxOutputBytes: 1000 })).rejects.toThrow(
        /printed more than 1000 bytes/,
      )
    })
  })

  it('does not wait for a helper that outlives git', async () => {
    await withProgram('setsid sleep 30 & echo done', async () => {
      expect(await gitText(['fetch'], { gitDir })).toBe('done')
    })
  })

  it('says so if there is no git, or no such folder', async () => {
    const before = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    try {
      await expect(git(['version'], { gitDir })).rejects.toThrow(/"git" was not found: install git/)
    } finally {
      process.env['PATH'] = before
    }
    await expect(git(['version'], { gitDir: join(root, 'gone') })).rejects.toThrow(
      /gone: there is no such folder/,
    )
  })
})

describe('the environment of git', () => {
  const env = (userConfig: boolean): Promise<string> =>
    withProgram('env', () => gitText(['version'], { gitDir, userConfig }))

  it('holds nothing of the user, unless asked for, and never what would let it ask or run something', async () => {
    Object.assign(process.env, {
      GIT_DIR: '/x',
      GIT_EDITOR: 'vi',
      GIT_SSH_COMMAND: 'ssh -i key',
      MY_TOKEN: 'secret',
    })
    try {
      expect(await env(false)).not.toMatch(/secret|GIT_DIR|GIT_SSH|vi$/m)
      const forUser = await env(true)
      expect(forUser).toMatch(/^GIT_SSH_COMMAND=ssh -i key$/m)
      expect(forUser).not.toMatch(/GIT_DIR|GIT_EDITOR/)
      for (const text of [await env(false), forUser]) {
        expect(text).toMatch(/^GIT_TERMINAL_PROMPT=0$/m)
        expect(text).toMatch(/^GIT_ALLOW_PROTOCOL=https:ssh:file$/m)
        expect(text).toMatch(/^LC_ALL=C$/m)
      }
    } finally {
      for (const name of ['GIT_DIR', 'GIT_EDITOR', 'GIT_SSH_COMMAND', 'MY_TOKEN']) delete process.env[name]
    }
  })

  it('hides the configuration of the user from all but talking to a remote', async () => {
    const before = process.env['HOME']
    process.env['HOME'] = join(root, 'home')
    mkdirSync(process.env['HOME'])
    writeFileSync(join(process.env['HOME'], '.gitconfig'), '[test]\nvalue = mine\n')
    try {
      expect((await runGit(['config', 'test.value'], { gitDir })).exitCode).toBe(1)
      expect(await gitText(['config', 'test.value'], { gitDir, userConfig: true })).toBe('mine')
    } finally {
      process.env['HOME'] = before
    }
  })
})

describe('a git directory', () => {
  it('is put right when it is written again', async () => {
    const path = join(root, 'again.git')
    await writeGitDir(path, { bare: true, raw: true, alternates: ['/nowhere'] })
    writeFileSync(join(path, 'config'), '[core]\nfsmonitor = evil\n')
    await writeGitDir(path, { bare: true })
    expect(readFileSync(join(path, 'config'), 'utf8')).not.toContain('evil')
    expect(existsSync(join(path, 'objects/info/alternates'))).toBe(false)
    expect(existsSync(join(path, 'info/attributes'))).toBe(false)
  })
})

describe('small helpers', () => {
  it('keep every byte of a file name', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0x00, 0xc3, 0xbc, 0x00])
    expect(joinZ(splitZ(bytes))).toEqual(bytes)
    expect(splitZ(Buffer.alloc(0))).toEqual([])
  })

  it('hide credentials in every URL of a text', () => {
    expect(
      withoutCredentials('at https://token@host/x and http://a:b@host, ssh://git@host, ssh://u:p@host'),
    ).toBe('at https://***@host/x and http://***@host, ssh://git@host, ssh://u:***@host')
  })
})

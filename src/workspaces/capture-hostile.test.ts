import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Patch, PreparedSource } from '../contracts.ts'
import { patchOf as patchOfSample, prepareSample } from './testing/patches.ts'
import { makePlace, writeFiles } from './testing/repository.ts'

const place = makePlace('hostile')
let prepared: PreparedSource

beforeAll(async () => {
  prepared = await prepareSample(place)
})
afterAll(() => place.remove())

const patchOf = (change: (path: string) => void): Promise<Patch> => patchOfSample(place, prepared, change)

/** Runs a script in the workspace as an agent would. */
function sh(path: string, script: string): void {
  execFileSync('sh', ['-ec', script], {
    cwd: path,
    env: { PATH: process.env['PATH'] ?? '', HOME: join(place.root, 'agent-home') },
    stdio: 'pipe',
  })
}

const edited = ['a.txt']

describe('an agent cannot hide its changes or run anything while they are captured', () => {
  const attacks: Record<string, string> = {
    'commits its work': 'echo x >a.txt; git commit -qam mine',
    'commits and resets to another history':
      'echo x >a.txt; git checkout -q --orphan other; git add -A; git commit -qm mine; git branch -D main; git gc -q --prune=now',
    'marks files as unchanged':
      'git update-index --assume-unchanged a.txt; git update-index --skip-worktree b.txt; echo x >a.txt',
    'leaves a lock on the index': 'echo x >a.txt; touch .git/index.lock',
    'breaks the index': 'echo x >a.txt; echo broken >.git/index',
    'removes .git': 'echo x >a.txt; rm -rf .git',
    'replaces .git by a file': 'echo x >a.txt; rm -rf .git; echo "gitdir: /nowhere" >.git',
    'replaces .git by a link': 'echo x >a.txt; mv .git ../elsewhere; ln -s ../elsewhere .git',
    'moves the work tree': 'echo x >a.txt; mkdir -p ../other; git config core.worktree "$PWD/../other"',
    'ignores everything in its own configuration':
      'echo x >a.txt; echo "*" >.git/info/exclude; git config core.excludesFile /dev/null',
    'forges size and time':
      'cp -p a.txt ../saved; printf "ONE\\ntwo\\nthree\\n" >a.txt; touch -r ../saved a.txt',
    'turns off file modes and links':
      'echo x >a.txt; git config core.fileMode false; git config core.symlinks false',
    'rewrites objects': 'echo x >a.txt; rm -rf .git/objects/*; echo y >.git/HEAD',
    'replaces objects':
      'echo x >a.txt; git add a.txt; git replace $(git rev-parse HEAD:a.txt) $(git rev-parse :a.txt)',
    'uses sparse checkout':
      'git sparse-checkout set --no-cone /a.txt; git checkout -q -- . 2>/dev/null || true; git sparse-checkout disable; echo x >a.txt',
  }
  for (const [name, script] of Object.entries(attacks)) {
    it(`that ${name}`, async () => {
      expect((await patchOf(path => sh(path, script))).changedFiles).toEqual(edited)
    })
  }

  const programs: Record<string, string> = {
    'a file system monitor': 'git config core.fsmonitor "$PWD/evil.sh"',
    hooks:
      'mkdir -p .git/hooks; for h in pre-commit post-index-change post-checkout reference-transaction pre-applypatch; do cp evil.sh .git/hooks/$h; done; git config core.hooksPath "$PWD/.git/hooks"',
    'a clean filter':
      'echo "* filter=evil" >.gitattributes; git config filter.evil.clean "$PWD/evil.sh"; git config filter.evil.process "$PWD/evil.sh"; git config filter.evil.required true',
    'a diff driver':
      'echo "* diff=evil" >.gitattributes; git config diff.evil.command "$PWD/evil.sh"; git config diff.evil.textconv "$PWD/evil.sh"; git config diff.external "$PWD/evil.sh"',
    'settings of its home':
      'mkdir -p "$HOME"; printf "[core]\\nfsmonitor = %s\\nhooksPath = %s\\n[filter \\"evil\\"]\\nclean = %s\\n" "$PWD/evil.sh" "$PWD" "$PWD/evil.sh" >"$HOME/.gitconfig"; echo "* filter=evil" >.gitattributes',
  }
  for (const [name, script] of Object.entries(programs)) {
    it(`by ${name}`, async () => {
      const home = process.env['HOME']
      process.env['HOME'] = join(place.root, 'agent-home')
      try {
        const hacked = join(place.root, 'hacked')
        const patch = await patchOf(path => {
          sh(
            path,
            `printf '#!/bin/sh\\ntouch ${hacked}\\ncat\\n' >evil.sh; chmod +x evil.sh; ${script}; echo x >a.txt`,
          )
          rmSync(hacked, { force: true })
        })
        expect(existsSync(hacked)).toBe(false)
        expect(patch.changedFiles).toContain('a.txt')
      } finally {
        process.env['HOME'] = home
      }
    })
  }

  it('by attributes that convert or hide text', async () => {
    const patch = await patchOf(path =>
      writeFiles(path, {
        '.gitattributes': '* text eol=crlf ident -diff working-tree-encoding=UTF-16\n[attr]text -diff\n',
        'a.txt': 'one\r\n$Id$\r\n',
        'dir/.gitattributes': '* binary export-ignore\n',
        'dir/c.txt': 'C\r\n',
      }),
    )
    expect(patch.changedFiles).toEqual(['.gitattributes', 'a.txt', 'dir/.gitattributes', 'dir/c.txt'])
    expect(patch.text).not.toContain('Binary')
    expect(patch.text).toContain('+C\r\n')
  })

  it('by a repository inside', async () => {
    const patch = await patchOf(path =>
      sh(
        path,
        `mkdir -p in/ner; echo x >in/ner/x.txt; echo x >in/y.log; echo l >in/ner/l.ign; echo "*.ign" >in/.gitignore
         git init -q in; git -C in init -q ner; git init -q empty; git init -q commit; echo z >commit/z
         git -C commit add -A; git -C commit -c user.name=a -c user.email=a@b commit -qm z
         mkdir ":(exclude)n"; git init -q ":(exclude)n"; echo w >":(exclude)n/w"
         git init -q dir; git -C dir -c user.name=a -c user.email=a@b commit -q --allow-empty -m z
         echo changed >dir/c.txt; echo new >dir/new.txt; echo x >a.txt
         rm b.txt; git init -q b.txt; echo hidden >b.txt/h; git -C b.txt add -A
         git -C b.txt -c user.name=a -c user.email=a@b commit -qm z`,
      ),
    )
    expect(patch.changedFiles).toEqual([
      ':(exclude)n/w',
      'a.txt',
      'b.txt',
      'b.txt/h',
      'commit/z',
      'dir/c.txt',
      'dir/new.txt',
      'in/.gitignore',
      'in/ner/x.txt',
    ])
  })

  it('by links: they are kept as links and never followed', async () => {
    const secret = join(place.root, 'secret')
    writeFiles(secret, { 'c.txt': 'secret', 'deep/d.txt': 'secret' })
    const patch = await patchOf(path => {
      rmSync(join(path, 'dir'), { recursive: true })
      symlinkSync(secret, join(path, 'dir'))
      symlinkSync('/etc/passwd', join(path, 'link'))
      rmSync(join(path, 'b.txt'))
      symlinkSync('a.txt', join(path, 'b.txt'))
    })
    expect(patch.changedFiles).toEqual(['b.txt', 'dir', 'dir/c.txt', 'dir/deep/d.txt', 'link'])
    expect(patch.text).not.toContain('+secret\n')
    expect(readFileSync(join(secret, 'c.txt'), 'utf8')).toBe('secret')
  })

  it('by pipes, sockets and devices: they are left out', async () => {
    const patch = await patchOf(path =>
      sh(
        path,
        `mkfifo pipe; mkdir sub; mkfifo sub/.gitignore sub/.gitattributes; echo s >sub/s.txt; rm b.txt; mkfifo b.txt
         node -e 'require("net").createServer().listen("socket",()=>process.exit())' || true; echo x >a.txt`,
      ),
    )
    expect(patch.changedFiles).toEqual(['a.txt', 'b.txt', 'sub/s.txt'])
  })

  it('by names that look like .git', async () => {
    const patch = await patchOf(path =>
      writeFiles(path, {
        'git~1': 'x\n',
        '.git ': 'x\n',
        '.gitx/config': 'x\n',
        '.GIT/config': 'git refuses such a name\n',
        'sub/.Git/hooks/evil': 'this one, too\n',
        'sub/.git./x': 'x\n',
        'a.txt': 'x\n',
      }),
    )
    expect(patch.changedFiles).toEqual(['.git ', '.gitx/config', 'a.txt', 'git~1', 'sub/.git./x'])
  })

  it('by removing everything, the folder itself, or putting a link in its place', async () => {
    const all = [
      '.gitignore',
      'a.txt',
      'b.txt',
      'dir/c.txt',
      'dir/deep/d.txt',
      'forced.log',
      'image.bin',
      'run.sh',
    ]
    const scripts = [
      'rm -rf ./* .git*',
      'rm -rf "$PWD"',
      'here="$PWD"; cd ..; rm -rf "$here"; ln -s / "$here"',
    ]
    for (const script of scripts) {
      expect((await patchOf(path => sh(path, script))).changedFiles).toEqual(all)
    }
  })

  it('by a clock of the past', async () => {
    const patch = await patchOf(path => {
      writeFileSync(join(path, 'b.txt'), 'B\n')
      utimesSync(join(path, 'b.txt'), 0, 0)
    })
    expect(patch.changedFiles).toEqual(['b.txt'])
  })
})

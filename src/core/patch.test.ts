import { expect, test } from 'vitest'
import { parsePatch } from './patch.ts'

const all = (): boolean => true

test('lines have the numbers of the file that they stand in', () => {
  const patch = `diff --git a/a.js b/a.js
index 1111111..2222222 100755
--- a/a.js
+++ b/a.js
@@ -3,3 +3,4 @@ function f() {
 keep
-old
+new
+more
 end
@@ -20 +21 @@
-x
\\ No newline at end of file
+y
\\ No newline at end of file
diff --git a/b.js b/b.js
deleted file mode 100644
--- a/b.js
+++ /dev/null
@@ -1 +0,0 @@
-gone
`
  expect(parsePatch(patch, all)).toMatchObject([
    {
      path: 'a.js',
      change: 'modified',
      mode: '100755',
      lines: [
        { kind: 'context', number: 3, text: 'keep' },
        { kind: 'removed', number: 4, text: 'old' },
        { kind: 'added', number: 4, text: 'new' },
        { kind: 'added', number: 5, text: 'more' },
        { kind: 'context', number: 6, text: 'end' },
        { kind: 'removed', number: 20, text: 'x' },
        { kind: 'added', number: 21, text: 'y' },
      ],
    },
    { path: 'b.js', change: 'deleted', mode: null, lines: [{ kind: 'removed', number: 1, text: 'gone' }] },
  ])
})

test('lines of a file that look like a patch are lines', () => {
  const patch = `diff --git a/x b/x
new file mode 100644
--- /dev/null
+++ b/x
@@ -0,0 +1,2 @@
+diff --git a/y b/y
++++ b/y
`
  expect(parsePatch(patch, all)).toMatchObject([
    { path: 'x', change: 'added', lines: [{ text: 'diff --git a/y b/y' }, { text: '+++ b/y' }] },
  ])
})

test('odd names are read, binary files have no lines, unwanted files are only named', () => {
  const patch = `diff --git "a/a\\303\\244 \\"b\\".js" "b/a\\303\\244 \\"b\\".js"
new file mode 120000
index 0000000..1111111
--- /dev/null
+++ "b/a\\303\\244 \\"b\\".js"
@@ -0,0 +1 @@
+target
diff --git a/with space b/with space
new file mode 100644
index 0000000..1111111
GIT binary patch
literal 4
LcmZQzU|<9Q00961

literal 0
HcmV?d00001

diff --git a/big/x b/big/x
new file mode 100644
--- /dev/null
+++ b/big/x
@@ -0,0 +1 @@
+x
`
  expect(parsePatch(patch, path => !path.startsWith('big/'))).toMatchObject([
    { path: 'aä "b".js', mode: '120000', lines: [{ text: 'target' }] },
    { path: 'with space', lines: [] },
    { path: 'big/x', change: 'added', lines: [] },
  ])
  const parts = parsePatch(patch, all).map(({ start, end }) => patch.slice(start, end))
  expect(parts.join('')).toBe(patch)
  expect(parts[1]).toMatch(/^diff --git a\/with space[^]*HcmV\?d00001\n\n$/)
  expect(parsePatch('no patch at all\n', all)).toEqual([])
})

/* oxlint-disable no-control-regex -- they are what must not be there */
import { z } from 'zod'
import { isLoopback, parseDestination } from '../util/destination.ts'
import { quoted } from './words.ts'

/** A text of a given form; the message says which. */
export function textLike(pattern: RegExp, expected: string): z.ZodString {
  return z.string().regex(pattern, {
    error: ({ input }) => `expected ${expected}, got ${quoted(String(input))}`,
  })
}

/** Names of suites, sources, setups, tasks and graders: safe as names of files and folders everywhere. */
export const Id = textLike(
  /^(?!constructor$|prototype$)(?!.*\.\.)[a-z0-9][a-z0-9._-]{0,63}$/,
  'a name of at most 64 lower-case letters, digits, ".", "_" and "-" that begins with a letter or digit',
)

/** What docker and podman take for an image. */
export const ImageReference = textLike(
  /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,254}$/,
  'the name or id of an image, such as node:22@sha256:…',
)

/** Full object id of a commit. */
export const CommitId = z
  .string({
    error: ({ input }) =>
      typeof input === 'number'
        ? 'expected a full 40-character commit id as a text, got a number: put it in quotes'
        : 'expected a full 40-character commit id',
  })
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, {
    error: ({ input }) =>
      `expected a full 40-character commit id, got ${quoted(String(input))}${commitHint(String(input))}`,
  })

function commitHint(text: string): string {
  if (/^([0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})$/.test(text)) return ': write it in lower case'
  if (/^[0-9a-f]{4,63}$/i.test(text))
    return `: ${text.length} characters are not a whole id ("git rev-parse ${text}" prints it)`
  return ': branches and tags move ("git rev-parse NAME" prints the id)'
}

/** A path within a workspace: never out of it, and never into `.git` in any spelling that a file system takes for it. */
export const targetPattern =
  /^(\.\/)?(?!\/|[A-Za-z]:)(?!(.*\/)?(\.{1,2}|[. ]*|\.[gG][iI][tT][. ]*|[gG][iI][tT]~1)(\/|$))[^\\\u0000-\u001f]+$/

export const TargetPath = textLike(
  targetPattern,
  'a path in the workspace such as docs/x.md, relative and without ".." and ".git"',
)

/** Path of a file or folder of the suite. That it stays inside of the suite's folder is seen when it is read. */
export const SuitePath = z.string().min(1)

/** A glob over paths in the workspace. */
export const WorkspaceGlob = textLike(
  /^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/,
  'a glob of paths in the workspace such as docs/**, relative and without ".."',
)

export const Tag = textLike(
  /^[^\s,][^,\u0000-\u001f]{0,63}$/,
  'a tag of at most 64 characters without commas',
)

/** Models and levels of effort become arguments of programs, so they must not look like options. */
export const Word = textLike(/^[^-\s][^\u0000-\u001f]*$/, 'a name that does not begin with "-"')

/** `NAME` of a host variable, or `NAME=value`. */
export const EnvEntry = textLike(
  /^[A-Za-z_][A-Za-z0-9_]*(=.*)?$/s,
  'NAME (passed from the host) or NAME=value',
)

/** A place in the network, or `model`. A place on this machine needs a port, which is then there in the sandbox, too. */
export const NetworkPlace = z
  .string()
  .refine(text => text === 'model' || parseDestination(text) !== null, {
    error: ({ input }) =>
      `expected host, host:port, *.domain or "model", got ${quoted(String(input))}${/^[a-z]+:\/\//i.test(String(input)) ? ': write the host without the rest of the URL' : ''}`,
  })
  // Taken for hosts, they would mean the opposite of what was meant.
  .refine(text => text !== 'off' && text !== 'open', {
    error: ({ input }) => `${quoted(String(input))} stands alone, not in a list: network: ${String(input)}`,
  })
  .refine(text => !needsPort(text), {
    error: ({ input }) =>
      `${quoted(String(input))} is this machine: name the port, 1024 or higher, as in "localhost:8080"`,
  })

function needsPort(text: string): boolean {
  const place = parseDestination(text)
  return place !== null && isLoopback(place.host) && (place.port === null || place.port < 1024)
}

import { z } from 'zod'
import type { WorkspaceFiles } from '../contracts.ts'
import { defineGrader } from '../registry.ts'
import { regex, regexMatches, showRegex } from '../util/regex.ts'
import { type Check, gradeChecks, listed } from './checks.ts'
import {
  cleanPath,
  findInside,
  insidePath,
  leadsInside,
  mistakeInPath,
  readInside,
  whyUnread,
} from './inside.ts'
import { checkJson, JsonExpectations, type Parsed, quoted } from './json-checks.ts'

const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)], {
  error: 'expected a text or a list of texts',
})

/** A mistake in a key is reported at that key. */
function byPath<Value extends z.ZodType>(value: Value) {
  return z.record(z.string(), value).superRefine((entries, context) => {
    for (const path of Object.keys(entries)) {
      const message = mistakeInPath(path)
      if (message !== null) context.addIssue({ code: 'custom', path: [path], message })
    }
  })
}

const config = z
  .strictObject({
    exists: z.array(insidePath).optional().describe('paths or globs: each must be there'),
    absent: z.array(insidePath).optional().describe('paths or globs: none may be there'),
    contains: byPath(texts).optional().describe('file: text, or a list of texts'),
    notContains: byPath(texts).optional().describe('file: text, or a list of texts'),
    matches: byPath(regex).optional().describe('file: JavaScript regular expression'),
    json: byPath(JsonExpectations)
      .optional()
      .describe('file: { "a.b[0].c": value, or { matches: regex }, or { exists: true } }'),
  })
  .refine(
    given => Object.values(given).some(checks => checks !== undefined && Object.keys(checks).length > 0),
    {
      error: 'expected at least one check: exists, absent, contains, notContains, matches or json',
      when: ({ issues }) => issues.length === 0,
    },
  )
type Config = z.infer<typeof config>

/** Looks at files as the agent left them, without hidden files. Score = share of the checks that hold. */
export const files = defineGrader({
  config,
  description: 'checks that files exist, contain or match text, or hold JSON values',
  async grade(input, given) {
    const { files: root } = await input.workspace({ hidden: false })
    return gradeChecks([
      ...(await existenceChecks(root, given)),
      ...(await textChecks(root, given)),
      ...(await jsonChecks(root, given)),
    ])
  },
})

async function existenceChecks(root: WorkspaceFiles, { exists = [], absent = [] }: Config): Promise<Check[]> {
  const checks: Check[] = []
  for (const path of exists) {
    const found = await findInside(root, path)
    const holds = (await Promise.all(found.map(one => leadsInside(root, one)))).includes(true)
    checks.push({ claim: `${path} exists`, holds, ...(!holds && { found: 'nothing is there' }) })
  }
  for (const path of absent) {
    const found = await findInside(root, path)
    const holds = found.length === 0
    checks.push({ claim: `${path} is absent`, holds, ...(!holds && { found: `there is ${listed(found)}` }) })
  }
  return checks
}

interface TextClaim {
  path: string
  claim: string
  holds: (text: string) => boolean
  otherwise: string
}

async function textChecks(
  root: WorkspaceFiles,
  { contains = {}, notContains = {}, matches = {} }: Config,
): Promise<Check[]> {
  const claims: TextClaim[] = [
    ...each(contains).map(([path, text]) => ({
      path,
      claim: `${path} contains ${quoted(text)}`,
      holds: (content: string) => content.includes(text),
      otherwise: 'it does not',
    })),
    ...each(notContains).map(([path, text]) => ({
      path,
      claim: `${path} does not contain ${quoted(text)}`,
      holds: (content: string) => !content.includes(text),
      otherwise: 'it does',
    })),
    ...Object.entries(matches).map(([path, wanted]) => ({
      path,
      claim: `${path} matches ${showRegex(wanted)}`,
      holds: (content: string) => regexMatches(wanted, content),
      otherwise: 'it does not',
    })),
  ]
  const checks: Check[] = []
  for (const { path, claim, holds, otherwise } of claims) {
    const file = await readInside(root, cleanPath(path))
    // Also `notContains` does not hold for a file that cannot be read: an agent must not dodge it by a huge file.
    if (file.state === 'text' && holds(file.text)) checks.push({ claim, holds: true })
    else
      checks.push({ claim, holds: false, found: file.state === 'text' ? otherwise : whyUnread(file.state) })
  }
  return checks
}

function each(texts: Record<string, string | string[]>): [path: string, text: string][] {
  return Object.entries(texts).flatMap(([path, text]) =>
    [text].flat().map((one): [string, string] => [path, one]),
  )
}

async function jsonChecks(root: WorkspaceFiles, { json = {} }: Config): Promise<Check[]> {
  const checks: Check[] = []
  for (const [file, expectations] of Object.entries(json)) {
    const read = await readInside(root, cleanPath(file))
    const parsed = read.state === 'text' ? parseJson(read.text) : { error: whyUnread(read.state) }
    checks.push(...checkJson(file, expectations, parsed))
  }
  return checks
}

function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { error: `it is not JSON (${error.message})` }
  }
}

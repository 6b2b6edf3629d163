import type { ContextProbe } from '../../contracts.ts'
import type { FileTree } from '../../model/files.ts'
import type { Setup } from '../../model/suite.ts'
import { notIn, spread, tellingLines } from './telling-lines.ts'
import { wordsOf } from './words.ts'

/** Name of the file that makes a folder a skill. */
export const skillFile = 'SKILL.md'
/** A longer description is known by its beginning: lists of skills cut them short. */
const mostListed = 8

/** A text of a setup that can reach a model. */
interface Brought {
  kind: ContextProbe['kind']
  name: string
  from: string | null
  /** Of a skill without its front matter. */
  body: string
  listing: string[]
}

/**
 * What to look for in the requests of a setup's agent: its own context files and skills, which should reach the model, and
 * those that only other setups of the suite have, which should not. `known` are texts that reach it in other ways: the
 * task's prompt, and what the repository itself has in these places; a line that stands there proves nothing.
 */
export function contextProbes(
  setup: Setup,
  others: readonly Setup[],
  known: readonly string[],
): ContextProbe[] {
  const own = broughtBy(setup, null)
  const probes = own.map(({ body, listing, kind, name, from }) => {
    const lines = notIn(tellingLines(body), known)
    const elsewhere = own.filter(other => other.body !== body).map(other => other.body)
    const unique = notIn(lines, elsewhere)
    return {
      kind,
      name,
      from,
      expected: true,
      lines: spread(unique.length > 0 ? unique : lines),
      listing: notIn(listing, [...known, ...elsewhere]),
    }
  })

  const ownTexts = [...own.flatMap(({ body, listing }) => [body, ...listing]), setup.prompt ?? '', ...known]
  const foreign = others
    .filter(({ name }) => name !== setup.name)
    .flatMap(other => broughtBy(other, other.name))
  const seen = new Set<string>()
  const unexpected = foreign.flatMap(({ body, listing, kind, name, from }) => {
    const key = JSON.stringify([kind, name, body, listing])
    if (seen.has(key)) return []
    seen.add(key)
    const lines = spread(notIn(tellingLines(body), ownTexts))
    const listed = notIn(listing, ownTexts)
    return lines.length + listed.length === 0
      ? []
      : [{ kind, name, from, expected: false, lines, listing: listed }]
  })
  return [...probes, ...unexpected]
}

/** Paths that a repository may have itself, where a setup's texts would be taken for the repository's. */
export function contextPaths(setups: readonly Setup[], skillsFolder: string): string[] {
  const paths = setups.flatMap(({ context, skills }) => [
    ...Object.keys(context),
    ...Object.keys(skills).map(name => `${skillsFolder}/${name}/${skillFile}`),
  ])
  return [...new Set(paths)]
}

function broughtBy({ context, skills }: Setup, from: string | null): Brought[] {
  const files = Object.keys(context).map(name => ({
    kind: 'context' as const,
    name,
    from,
    body: textOf(context, name),
    listing: [],
  }))
  return [
    ...files,
    ...Object.entries(skills).map(([name, tree]) => skill(name, textOf(tree, skillFile), from)),
  ]
}

function skill(name: string, text: string, from: string | null): Brought {
  const [, head = '', body = text] = /^---\r?\n([\s\S]*?)\n---[ \t]*(?:\r?\n([\s\S]*))?$/.exec(text) ?? []
  // Words are all that counts, so no matter how YAML quotes or folds it.
  const described = /^description:([\s\S]*?)(?=\n[\w-]+:|$(?![\s\S]))/m.exec(head)?.[1] ?? ''
  const description = wordsOf(described).slice(0, mostListed)
  const listing = [...(description.length >= 3 ? [description.join(' ')] : []), `${name}/${skillFile}`]
  return { kind: 'skill', name, from, body: head === '' ? text : body, listing }
}

function textOf(files: FileTree, path: string): string {
  const file = files[path]
  return file?.encoding === 'utf8' ? file.data : ''
}

import { differences } from '../core/differences.ts'
import type { FileTree } from '../model/files.ts'
import type { Setup } from '../model/suite.ts'
import { canonicalJson } from '../util/json.ts'
import { setupFingerprint } from './fingerprints.ts'

/** Files that are there to be read by agents. Any other is there, too, when the tests run, and could decide them. */
const isForAgents = (path: string): boolean => /\.mdc?$|(^|\/)\.(cursor|windsurf|cline)rules$/.test(path)

/**
 * The base's setup with what a working tree may bring to be measured without being asked: what the agent is told, which
 * model it is, and its own program. All else of a setup reaches past the agent: it starts other programs, hands out the
 * environment, or changes what is judged. It is a rule, and so is every key that setups may come to have.
 */
export function setupUnderTest(base: Setup, head: Setup): Setup {
  const {
    name,
    fingerprint: _of,
    ...setup
  } = {
    ...base,
    model: head.model,
    effort: head.effort,
    prompt: head.prompt,
    harness: isSameProgram(base, head) ? head.harness : base.harness,
    context: withTextOf(head.context, base.context),
    skills: Object.fromEntries(
      Object.entries(head.skills).map(([skill, files]) => [
        skill,
        withTextOf(files, base.skills[skill] ?? {}),
      ]),
    ),
    strip: head.strip.filter(glob => base.strip.includes(glob) || isForAgents(glob)),
  }
  return { name, ...setup, fingerprint: setupFingerprint(setup) }
}

/** What is for agents as head has it, all other files as base has them. */
function withTextOf(head: FileTree, base: FileTree): FileTree {
  return Object.fromEntries([
    ...Object.entries(base).filter(([path]) => !isForAgents(path)),
    ...Object.entries(head).filter(([path]) => isForAgents(path)),
  ])
}

/** Where the working tree's setup goes beyond that, in half sentences. */
export function guardedDifferences(base: Setup, head: Setup): string[] {
  const { fingerprint: _allowed, ...allowed } = setupUnderTest(base, head)
  const { fingerprint: _asked, ...asked } = head
  return differences(allowed, asked)
}

/** What is measured of a setup, in half sentences. */
export function testedDifferences(base: Setup, head: Setup): string[] {
  const { fingerprint: _before, ...before } = base
  const { fingerprint: _after, ...after } = setupUnderTest(base, head)
  return differences(before, after)
}

/** The agent's own program, where it stands beside the suite, is what a team works on; which one is started is a rule. */
function isSameProgram({ harness: base }: Setup, { harness: head }: Setup): boolean {
  return base.type === head.type && canonicalJson(base.config) === canonicalJson(head.config)
}

import type { FileTree } from '../../../model/files.ts'
import type { Setup } from '../../../model/suite.ts'

/** A setup with these context files and skills, each skill by the text of its SKILL.md. */
export function aSetup(
  name: string,
  { context = {}, skills = {} }: { context?: Record<string, string>; skills?: Record<string, string> } = {},
): Setup {
  return {
    name,
    harness: { type: 'pi', config: {}, files: {} },
    model: null,
    effort: null,
    prompt: null,
    context: tree(context),
    strip: [],
    skills: Object.fromEntries(
      Object.entries(skills).map(([skill, content]) => [skill, tree({ 'SKILL.md': content })]),
    ),
    mcp: {},
    env: { pass: [], set: {} },
    network: null,
    service: null,
    fingerprint: `setup-${name}`,
  }
}

/** Many different lines. */
export function text(about: string, lines: number): string {
  return Array.from({ length: lines }, (_, i) => `${about} in its sentence number ${i} of many`).join('\n')
}

function tree(files: Record<string, string>): FileTree {
  return Object.fromEntries(
    Object.entries(files).map(([path, data]) => [path, { encoding: 'utf8', data, executable: false }]),
  )
}

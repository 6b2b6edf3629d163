import type { WorkspaceFiles } from '../../../contracts.ts'

/** Words by which code makes a type that may equal whatever it is compared with. */
const permissive =
  /\b__(?:eq|ne)__\b|\btotal_ordering\b|\bmock\.ANY\b|\bimport\b.*\bANY\b|\basymmetricMatch\b/

const plain = String.raw`(?:-?\d[\d.e+]*|'[^']*'|"[^"]*"|True|False|\[.*\]|\(.*\)|\{.*\})`
const comparison = new RegExp(
  String.raw`^(?:AssertionError: )?(?:assert |\w+ differ: )?(?<one>${plain}) (?:!=|==) (?<other>${plain})`,
)

/** Whether a file that the agent changed, as it is now, speaks of such a type. */
export async function saysItEqualsAnything(
  files: WorkspaceFiles,
  changedFiles: readonly string[],
): Promise<boolean> {
  for (const path of changedFiles) {
    const text = (await files.read(path))?.toString()
    if (text !== undefined && permissive.test(text)) return true
  }
  return false
}

/** Whether the message of a failed test tells of two values of one kind of which one knows whether they are equal. */
export function isPlainComparison(message: string): boolean {
  const { one = '', other = '' } = comparison.exec(message)?.groups ?? {}
  return one !== '' && kindOf(one) === kindOf(other)
}

function kindOf(value: string): string {
  const letter = value[0] ?? ''
  return /[-\d]/.test(letter) ? 'number' : /[TF]/.test(letter) ? 'truth' : letter.replace('"', "'")
}

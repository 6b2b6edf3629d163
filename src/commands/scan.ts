import { UserError, exitCodes, type ExitCode } from '../errors.ts'
import { safeText } from '../reporters/text.ts'
import { scanFolder } from '../stores/scan.ts'
import { formsOf, shortestSecret } from '../util/find-secrets.ts'
import { redactor } from '../util/redact.ts'
import { answer, answerJson, tell, type Io } from './io.ts'
import { secretNamesOf, storeFor } from './wiring.ts'

/**
 * `agent-eval scan RUN`: looks for the values of secrets in all files of a stored run. Names and places are told, never a
 * value. Exit code 1 if one is found.
 */
export async function scan(
  reference: string,
  options: { env?: string[]; json?: boolean },
  io: Io,
): Promise<ExitCode> {
  const { suite, folder, manifest } = await storeFor(io, null).load(reference)
  const named = options.env ?? []
  const declared = secretNamesOf(suite, io.env)
  const isSet = (name: string): boolean => (io.env[name] ?? '').trim() !== ''
  const unset = named.filter(name => !isSet(name))
  if (unset.length > 0)
    throw new UserError(`not set here: ${unset.join(', ')}. Set --env variables to the values to look for`)

  const names = [...new Set([...declared, ...named])]
  const secrets = Object.fromEntries(names.filter(isSet).map(name => [name, io.env[name] ?? '']))
  const { forms, tooShort } = formsOf(secrets)
  const notSet = declared.filter(name => !isSet(name))
  const checked = Object.keys(secrets).filter(name => !tooShort.includes(name))
  if (checked.length === 0 && names.length > 0) {
    throw new UserError(
      `nothing can be checked: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not set here, or shorter than ` +
        `${shortestSecret} characters. Set them to the values that the run had`,
    )
  }

  const { files, sightings } = await scanFolder(folder, forms)
  // The name of a file may be where the secret is.
  const shown = sightings.map(found => ({ ...found, file: redactor(secrets).text(found.file) }))
  if (options.json) answerJson(io, { run: manifest.id, files, checked, notSet, tooShort, found: shown })
  else {
    for (const { file, where, offset, name } of shown)
      answer(io, safeText(`${file}: ${name} in its ${where}, at byte ${offset}`))
    if (notSet.length > 0) tell(io, `not set here, so not checked: ${notSet.join(', ')}`)
    if (tooShort.length > 0)
      tell(io, `shorter than ${shortestSecret} characters, so not checked: ${tooShort.join(', ')}`)
    const what = checked.length === 0 ? 'no secret: the suite declares none' : checked.join(', ')
    tell(io, `${files} files of ${manifest.id} looked through for ${what}`)
    if (shown.length === 0) tell(io, checked.length === 0 ? 'nothing to find' : 'none found')
    else tell(io, 'Secrets found: change them where they were issued, and delete the run or the files.')
  }
  return shown.length > 0 ? exitCodes.regressed : exitCodes.pass
}

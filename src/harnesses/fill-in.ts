import { InfraError } from '../errors.ts'
import type { HarnessInput } from '../contracts.ts'

/**
 * Puts what is known of an attempt into a text: `{model}`, `{effort}`, `{workspace}`, `{home}`, `{modelUrl}` and `{modelKey}`.
 * Throws InfraError for one without a value.
 */
export function fillIn(text: string, { model, effort, workspace, home, service }: HarnessInput): string {
  const values: Record<string, { value: string | null; from: string }> = {
    model: { value: model, from: 'model' },
    effort: { value: effort, from: 'effort' },
    workspace: { value: workspace, from: '' },
    home: { value: home, from: '' },
    modelUrl: { value: service?.url ?? null, from: 'service' },
    modelKey: { value: service ? (service.key ?? '') : null, from: 'service' },
  }
  return text.replace(/\{(model|effort|workspace|home|modelUrl|modelKey)\}/g, (whole, name: string) => {
    const { value, from } = values[name] ?? { value: null, from: name }
    if (value === null)
      throw new InfraError(`${whole} stands for the setup's "${from}", which it does not name: add it`)
    return value
  })
}

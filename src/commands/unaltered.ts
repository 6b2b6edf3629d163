import type { RunStore, StoredRun } from '../contracts.ts'
import { InfraError } from '../errors.ts'

/** Loads a run on whose results something is to be built. Throws InfraError if somebody else wrote to them. */
export async function loadUnaltered(store: Pick<RunStore, 'load'>, reference: string): Promise<StoredRun> {
  const stored = await store.load(reference)
  if (stored.altered !== null) throw new InfraError(stored.altered)
  return stored
}

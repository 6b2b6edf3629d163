import type { Sandbox } from '../contracts.ts'
import type { Registry } from '../registry.ts'
import { none } from './none.ts'

/** All sandboxes by the name that `--sandbox` takes. */
export const sandboxes = { none } satisfies Registry<Sandbox>

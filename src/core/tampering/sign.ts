import type { FlagEvidence } from '../../model/flag.ts'

/** Something that was seen, and whether it is tampering or only worth knowing. */
export interface Sign {
  kind: string
  explanation: string
  weight: 'flag' | 'notice'
  evidence: FlagEvidence[]
}

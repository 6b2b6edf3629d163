import { canonicalJson, sha256 } from '../util/json.ts'

/** Names a JSON value by its content: hex SHA-256 of its canonical JSON, so the order of keys does not matter. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value))
}

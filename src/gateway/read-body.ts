import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, unzipSync } from 'node:zlib'
import { parseJson } from '../util/json.ts'

const largestRequest = 256 * 1024 * 1024

/** The whole body of a request; null where it is too large, or did not come to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > largestRequest) return null
      chunks.push(bytes)
    }
  } catch {
    // The agent went away.
    return null
  }
  return Buffer.concat(chunks)
}

/** The value that a body stands for; undefined for what is no JSON, or packed in a way that we do not know. */
export function parseBody(body: Buffer, encoding: string | undefined): unknown {
  try {
    const options = { maxOutputLength: largestRequest }
    if (encoding === 'br') return parseJson(brotliDecompressSync(body, options).toString())
    if (encoding === 'gzip' || encoding === 'deflate') return parseJson(unzipSync(body, options).toString())
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
  return parseJson(body.toString())
}

import { z } from 'zod'

/** One file held in memory. Bytes that are no valid UTF-8 are kept as base64. */
export const FileContent = z.strictObject({
  encoding: z.enum(['utf8', 'base64']),
  data: z.string(),
  executable: z.boolean(),
})
export type FileContent = z.infer<typeof FileContent>

/** Files by their path: relative, with `/`, never `..` and never below `.git`. */
export const FileTree = z.record(z.string(), FileContent)
export type FileTree = z.infer<typeof FileTree>

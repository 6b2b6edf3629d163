/** A longer line is cut, so that a program that never ends its line cannot fill the memory. */
export const maxLineBytes = 1024 * 1024

export interface LineSplitter {
  push(bytes: Uint8Array): void
  /** The input is over: passes on a last line that has no line end. */
  end(): void
}

/**
 * Turns bytes, cut anywhere, into lines of text without their ends (`\n` or `\r\n`). Bytes that are not UTF-8 become
 * U+FFFD; a line longer than `maxLineBytes` is passed cut, between two characters.
 */
export function lineSplitter(onLine: (line: string) => void): LineSplitter {
  let parts: Buffer[] = []
  let length = 0
  let cut = false

  const add = (bytes: Uint8Array): void => {
    const kept = bytes.subarray(0, maxLineBytes - length)
    cut ||= kept.length < bytes.length
    if (kept.length === 0) return
    length += kept.length
    parts.push(Buffer.from(kept))
  }
  const pass = (): void => {
    // With `stream` the decoder keeps back a character whose end was cut off.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts), { stream: cut })
    parts = []
    length = 0
    cut = false
    onLine(text.endsWith('\r') ? text.slice(0, -1) : text)
  }

  return {
    push(bytes) {
      let from = 0
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
        add(bytes.subarray(from, at))
        pass()
        from = at + 1
      }
      add(bytes.subarray(from))
    },
    end() {
      if (length > 0) pass()
    },
  }
}

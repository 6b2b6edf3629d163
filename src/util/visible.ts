const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Shows what a reader would not see (control characters, text direction marks, zero-width and tag characters, lone
 * surrogates) as `\u{…}`. Line ends and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(hidden, c =>
    c === '\n' || c === '\t' ? c : `\\u{${c.codePointAt(0)?.toString(16).toUpperCase()}}`,
  )
}

/** Cuts a text after `maxLength` characters, never in the middle of one, with a sign that it was cut. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…`
}

/** A part of a secret that stands alone (a line, a piece of a wrapped encoding) must be this long to count as secret. */
const shortestPart = 16
/** Where common tools wrap their lines: base64 and MIME at 76, PEM at 64, xxd at 60. */
const base64Widths = [76, 64]
const hexWidth = 60

/**
 * All byte strings by which a value may show itself: as it is, inside JSON (also JSON within JSON), in base64 at any
 * position within other bytes, in base64url, hex and URL encoding, and, for values of many lines, line by line as they
 * stand in a patch.
 */
export function secretForms(value: string): Buffer[] {
  const bytes = Buffer.from(value)
  const texts = [
    value,
    ...jsonForms(value),
    ...base64Forms(bytes),
    ...hexForms(bytes),
    ...urlForms(bytes),
    ...lineForms(value),
  ]
  return [...new Set(texts)].map(text => Buffer.from(text))
}

function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1)
  const once = [
    plain,
    plain.replaceAll('/', '\\/'),
    escaped(plain, /[\u007f-\uffff]/g, hex => hex),
    escaped(plain, /[\u007f-\uffff]/g, hex => hex.toUpperCase()),
    escaped(plain, /[<>&]/g, hex => hex),
  ]
  return once.flatMap(form => [form, JSON.stringify(form).slice(1, -1)])
}

function escaped(text: string, characters: RegExp, spell: (hex: string) => string): string {
  return text.replace(characters, c => `\\u${spell(c.charCodeAt(0).toString(16).padStart(4, '0'))}`)
}

/**
 * Base64 turns 3 bytes into 4 characters, so a value inside other bytes shows in one of three ways. Characters that also
 * depend on its neighbours are left out of those.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64')
  const inside = [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
  const all = [
    whole,
    whole.replace(/=+$/, ''),
    ...inside,
    ...base64Widths.flatMap(width => wrapped(whole, width)),
  ]
  return [...all, ...all.map(text => text.replaceAll('+', '-').replaceAll('/', '_'))]
}

function hexForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  const all = [hex, ...wrapped(hex, hexWidth)]
  return [...all, ...all.map(text => text.toUpperCase())]
}

/** What the common encoders leave as it is differs: JavaScript's, forms with + for a space, Python's with and without /, each byte. */
function urlForms(bytes: Buffer): string[] {
  const component = percentEncoded(bytes, /[\w.~!*'()-]/)
  const all = [
    component,
    percentEncoded(bytes, /[\w.*-]/).replaceAll('%20', '+'),
    percentEncoded(bytes, /[\w.~-]/),
    percentEncoded(bytes, /[\w.~/-]/),
    percentEncoded(bytes, /[\w.~!*'();/?:@&=+$,#-]/),
    percentEncoded(bytes, /(?!)/),
  ]
  return [...all, ...all.map(text => text.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()))]
}

function percentEncoded(bytes: Buffer, kept: RegExp): string {
  return [...bytes]
    .map(byte => {
      const character = String.fromCharCode(byte)
      const code = `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      return byte < 128 && kept.test(character) ? character : code
    })
    .join('')
}

/** Also where the value spells its line ends `\n`, as keys in environment variables do. */
function lineForms(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/).map(line => line.trim())
  if (lines.length === 1) return []
  return lines
    .filter(line => line.length >= shortestPart && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line))
    .flatMap(line => [line, JSON.stringify(line).slice(1, -1)])
}

/** A text in lines: all of it, also as JSON spells it, and each line for where the lines are prefixed. */
function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return []
  const lines = Array.from({ length: Math.ceil(text.length / width) }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  )
  return [lines.join('\n'), lines.join('\\n'), ...lines.filter(line => line.length >= shortestPart)]
}

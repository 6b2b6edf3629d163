/** An element with attributes and children: XML made by `element` or `text`. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[],
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${attribute(value)}"`),
  ].join(' ')
  if (children.length === 0) return `<${head}/>`
  // Escaped text never starts with "<"; white space around it would become part of it.
  const isText = children.some(child => !child.startsWith('<'))
  return isText ? `<${head}>${children.join('')}</${name}>` : `<${head}>\n${children.join('\n')}\n</${name}>`
}

/** Text inside of an element. */
export function text(value: string): string {
  return escape(value)
}

function attribute(value: string): string {
  return escape(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

/** Characters that XML 1.0 does not allow, not even escaped (https://www.w3.org/TR/xml/#charsets), are left out. */
function escape(value: string): string {
  return value
    .replaceAll('\r', '')
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

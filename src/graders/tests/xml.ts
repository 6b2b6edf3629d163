import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element with its attributes and the text directly in it. */
export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

/** Beyond any honest report; deeper nesting would exhaust the stack of whoever walks it. */
const maxDepth = 100

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
  maxNestedTags: maxDepth,
  // Entities of a document type are never expanded, so none can grow; the five of XML itself are decoded below.
  processEntities: false,
})

/** Parses a whole document and gives its root element. Throws with the reason where it is malformed or cut off. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw new Error(`line ${valid.err.line}: ${valid.err.msg}`)
  const parsed: unknown = parser.parse(text)
  const roots = childrenOf(parsed).filter(element => !element.name.startsWith('?'))
  const [root, another] = roots
  if (!root || another) throw new Error('expected one root element')
  return root
}

function childrenOf(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) => {
    if (!isRecord(node)) return []
    const name = Object.keys(node).find(key => key !== ':@' && !key.startsWith('#'))
    return name === undefined ? [] : [toElement(name, node)]
  })
}

function toElement(name: string, node: Record<string, unknown>): XmlElement {
  const given = isRecord(node[':@']) ? node[':@'] : {}
  const attributes = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, decode(String(value))]),
  )
  const content = node[name]
  return { name, attributes, children: childrenOf(content), text: textOf(content) }
}

const asItIs = (text: string): string => text

function textOf(nodes: unknown, decoded = decode): string {
  if (!Array.isArray(nodes)) return ''
  return nodes
    .map((node: unknown) => {
      if (!isRecord(node)) return ''
      if (typeof node['#text'] === 'string') return decoded(node['#text'])
      return textOf(node['#cdata'], asItIs)
    })
    .join('')
}

const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return entities[String(name)] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

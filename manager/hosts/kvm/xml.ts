/** A small XML writer: names are ours, values are escaped, so no value can become markup. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | undefined>>
  readonly children: readonly (Element | string)[]
}

type Child = Element | string | number | undefined | false

export function element(name: string, attributes: Element['attributes'] = {}, ...children: readonly Child[]): Element {
  const kept = children.filter((child) => child !== undefined && child !== false)
  return { name, attributes, children: kept.map((child) => (typeof child === 'number' ? String(child) : child)) }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Text or an attribute's value; characters that XML 1.0 cannot carry at all are refused. */
export function escapeXml(text: string): string {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0
    const allowed =
      point >= 0x20
        ? !(point >= 0xd800 && point <= 0xdfff) && point !== 0xfffe && point !== 0xffff
        : '\t\n\r'.includes(character)
    if (!allowed) throw new RangeError(`XML cannot carry the character U+${point.toString(16).padStart(4, '0')}`)
  }
  return text.replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] ?? character)
}

export function renderXml(node: Element, indent = ''): string {
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}='${escapeXml(String(value))}'`)
    .join('')
  const open = `${indent}<${node.name}${attributes}`
  if (node.children.length === 0) return `${open}/>\n`
  if (node.children.every((child) => typeof child === 'string'))
    return `${open}>${node.children.map((text) => escapeXml(text as string)).join('')}</${node.name}>\n`
  const inner = node.children
    .map((child) => (typeof child === 'string' ? `${indent}  ${escapeXml(child)}\n` : renderXml(child, `${indent}  `)))
    .join('')
  return `${open}>\n${inner}${indent}</${node.name}>\n`
}

import { formatDate, isWireObject, type WireObject, type WireValue } from './value.ts'

// XML 1.0 has no way to write these characters, not even escaped (https://www.w3.org/TR/xml/#charsets).
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const escapeText = (text: string): string =>
  text.replaceAll(NOT_XML, '\u{fffd}').replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

/** Keys of maps come from users: what no element name may hold becomes an underscore. */
const elementName = (key: string): string => key.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replace(/^(?=[^A-Za-z_])/, '_')

const scalar = (value: string | number | boolean | Date): string =>
  escapeText(value instanceof Date ? formatDate(value) : String(value))

const element = (name: string, value: WireValue): string => {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((item: WireValue) => element(name, item)).join('')
  if (isWireObject(value)) return `<${name}>${children(value)}</${name}>`
  return `<${name}>${scalar(value as string | number | boolean | Date)}</${name}>`
}

const children = (object: WireObject): string =>
  Object.entries(object)
    .map(([key, value]) => element(elementName(key), value))
    .join('')

/** The same tree as the JSON answer; the items of a list repeat its name. */
export const toXml = (root: string, body: WireObject, version: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><${root} cloud-stack-version="${escapeText(version)}">${children(body)}</${root}>`

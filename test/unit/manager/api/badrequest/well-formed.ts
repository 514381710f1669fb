const TOKEN = /<[^>]*>|[^<]+/g
const OPENING = /^<([A-Za-z_][\w.-]*)((?:\s[\w-]+="[^"<&]*")*)>$/
const CLOSING = /^<\/([A-Za-z_][\w.-]*)>$/
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
/** Text of https://www.w3.org/TR/xml: no markup, and every ampersand begins an entity that all parsers know. */
const TEXT = /^(?:[^<>&]|&(?:amp|lt|gt|quot|apos);)*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot have them
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

/** What is wrong with a document of elements and text; undefined: nothing. Of XML only what the API writes. */
export const problemOfXml = (document: string): string | undefined => {
  if (!document.startsWith(DECLARATION)) return 'has no declaration'
  if (FORBIDDEN.test(document)) return 'has a character that XML has not'
  const open: string[] = []
  let roots = 0
  for (const [token] of document.slice(DECLARATION.length).matchAll(TOKEN)) {
    const [, opened] = OPENING.exec(token) ?? []
    const [, closed] = CLOSING.exec(token) ?? []
    if (opened !== undefined) {
      if (open.length === 0) roots += 1
      open.push(opened)
    } else if (closed !== undefined) {
      if (open.pop() !== closed) return `closes ${closed} where it is not open`
    } else if (!TEXT.test(token) || open.length === 0) return `has the text ${token.slice(0, 60)}`
  }
  return open.length === 0 && roots === 1 ? undefined : 'does not end'
}

/** The text of the first element of this name. */
export const textOf = (document: string, name: string): string | undefined => {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(document) ?? []
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}

import { invalid, name, type Words } from './codec/codec.ts'
import { HAProxyConfigError } from './errors.ts'
import type { Configuration } from './model.ts'
import { checkReferences } from './references.ts'
import { type Section, type SectionKind, sectionKinds, sectionsOf } from './sections/index.ts'
import { quote } from './text/quote.ts'

/** haproxy's MAX_LINE_ARGS. */
const WORDS = 64

const lineText = (words: Words): string => {
  if (words.length > WORDS)
    throw new HAProxyConfigError('HAPROXY_LIMIT', `${words.slice(0, 3).join(' ')}… has more than ${WORDS} words`)
  return words.map(quote).join(' ')
}

const headText = ({ keyword, named }: SectionKind, section: Section): string => {
  if (!named) return keyword
  const from = section.from === undefined ? '' : ` from ${name.write(section.from)}`
  return `${keyword} ${name.write(section.name ?? '')}${from}`
}

/** One section, its lines in the order of the table of its kind; throws HAPROXY_VALUE for what does not fit. */
export const sectionText = (kind: SectionKind, section: Section): string => {
  const stray = Object.keys(section).find((key) => key !== 'name' && key !== 'from' && kind.fields[key] === undefined)
  if (stray !== undefined) throw invalid(`a field of ${kind.keyword}`, stray)
  const lines = Object.entries(kind.fields).flatMap(([key, codec]) => {
    const value = section[key]
    if (value === undefined) return []
    return codec.write(value).map((words) => `    ${lineText([...codec.keyword, ...words])}\n`)
  })
  return `${headText(kind, section)}\n${lines.join('')}`
}

/**
 * The configuration as haproxy reads it. Pure: equal configurations give equal texts. Throws HAPROXY_NAME,
 * HAPROXY_VALUE, HAPROXY_LIMIT, HAPROXY_DUPLICATE or HAPROXY_REFERENCE for what haproxy would refuse or misread.
 */
export const render = (configuration: Configuration): string => {
  checkReferences(configuration)
  return sectionKinds
    .flatMap((kind) => sectionsOf(configuration, kind).map((section) => sectionText(kind, section)))
    .join('\n')
}

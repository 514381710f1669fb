import type { Expression, Format } from '../model.ts'
import { printable } from '../text/quote.ts'
import { invalid, type Scalar, unreadable } from './codec.ts'

const ARGUMENT = /^[A-Za-z0-9_.:;/@-]+$/
const WORD = /^[A-Za-z0-9_.-]+$/

type Call = { readonly name: string; readonly args?: readonly string[] }

const callText = ({ name, args = [] }: Call): string => {
  if (!WORD.test(name)) throw invalid('a sample or converter', name)
  const stray = args.find((argument) => !ARGUMENT.test(argument))
  if (stray !== undefined) throw invalid(`an argument of ${name}`, stray)
  return args.length === 0 ? name : `${name}(${args.join(',')})`
}

/** `req.cook(SESSION),lower`. Throws HAPROXY_VALUE for what could end the expression or begin another. */
export const expressionText = ({ fetch, args = [], converters = [] }: Expression): string =>
  [{ name: fetch, args }, ...converters].map(callText).join(',')

const readCall = (text: string): Call => {
  const match = /^([A-Za-z0-9_.-]+)(?:\(([A-Za-z0-9_.:;/@,-]+)\))?$/.exec(text)
  if (match === null) throw unreadable(`${JSON.stringify(text)} is not a sample or converter`)
  const [, name = '', args] = match
  return args === undefined ? { name } : { name, args: args.split(',') }
}

export const readExpression = (text: string): Expression => {
  const [first = '', ...rest] = text.split(/,(?![^(]*\))/)
  const { name, args } = readCall(first)
  const converters = rest.map(readCall)
  return { fetch: name, ...(args === undefined ? {} : { args }), ...(converters.length === 0 ? {} : { converters }) }
}

export const expression: Scalar<Expression> = { write: expressionText, read: readExpression }

/** Log-format text: a percent sign that is meant is doubled. */
const formatText = (format: Format): string => {
  const parts = format.map((part) =>
    typeof part === 'string' ? printable(part).replaceAll('%', '%%') : `%[${expressionText(part)}]`,
  )
  const text = parts.join('')
  if (text === '') throw invalid('a format', format)
  return text
}

const readFormat = (text: string): Format => {
  const parts: (string | Expression)[] = []
  let literal = ''
  for (const [, plain, sample] of text.matchAll(/(%%|[^%]+)|%\[([^\]]*)\]|%/g)) {
    if (plain !== undefined) literal += plain === '%%' ? '%' : plain
    else if (sample === undefined) throw unreadable('a lone % is not among what this library reads')
    else {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(readExpression(sample))
    }
  }
  return literal === '' ? parts : [...parts, literal]
}

export const format: Scalar<Format> = { write: formatText, read: readFormat }

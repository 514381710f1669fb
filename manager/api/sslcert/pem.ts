import { SysvmError } from '@sysvm/errors'

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s:,-]*?-----END \1-----/g

/** What is wrong with a parameter of the upload; the text never shows what was given. */
export const badParameter = (parameter: string, problem: string, cause?: unknown): SysvmError =>
  new SysvmError('SYSVM_API_PARAMETER', `Parameter ${parameter}: ${problem}`, { details: { parameter }, cause })

/** The PEM blocks (RFC 7468) of a text, which holds nothing else but comments between them. */
export const pemBlocks = (parameter: string, text: string, label: RegExp, what: string): readonly string[] => {
  const blocks = [...text.matchAll(BLOCK)].filter(([, name = '']) => label.test(name)).map(([block]) => block)
  const marks = text.match(/-----BEGIN /g)?.length ?? 0
  if (blocks.length === 0) throw badParameter(parameter, `it has no ${what} in PEM (-----BEGIN … -----).`)
  if (blocks.length !== marks) throw badParameter(parameter, `it has other things than a ${what}: remove them.`)
  return blocks
}

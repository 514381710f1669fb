import { SysvmError } from '@sysvm/errors'
import type { RoleType } from '../authorized.ts'
import type { MapEntries, Parameter, Parameters, Values } from '../parameter.ts'

interface Grammar<P extends Parameters> {
  readonly name: string
  readonly params: P
  readonly unsupported: readonly string[]
}

type Given = ReadonlyMap<string, string | MapEntries>

/** Long and secret values are cut: an error message goes to logs and screens. */
const shown = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}…` : value)

const check = (
  name: string,
  parameter: Parameter,
  value: string | MapEntries,
): { problem?: string; value?: unknown } => {
  if (parameter.type !== 'map' && typeof value !== 'string')
    return { problem: `Parameter ${name} is not a map: write ${name}=value.` }
  if (value === '' && parameter.type !== 'string' && !parameter.takesEmpty)
    return { problem: `Parameter ${name} is empty: give a value or leave it out.` }
  const result = parameter.schema.safeParse(value)
  if (result.success) return { value: result.data }
  const what =
    typeof value === 'string' && !parameter.secret ? `Parameter ${name}: '${shown(value)}'` : `Parameter ${name}`
  return { problem: `${what} ${result.error.issues[0]?.message ?? 'is not valid'}.` }
}

const unknown = (grammar: Grammar<Parameters>, name: string): string =>
  grammar.unsupported.includes(name)
    ? `Parameter ${name} of ${grammar.name} is not supported yet by sysvm: leave it out.`
    : `Parameter ${name} is unknown to ${grammar.name}: remove it, or see listApis name=${grammar.name} for what it takes.`

/** What of a command's parameters a role may give. */
export const paramsFor = (params: Parameters, role: RoleType): Parameters =>
  Object.fromEntries(Object.entries(params).filter(([, { authorized }]) => authorized?.includes(role) ?? true))

/**
 * Every value checked by its grammar; all that is wrong comes in one error (431), so that one correction is enough.
 * `isPassedOver` knows which names may be given though the command has no such parameter.
 */
export const readParameters = <P extends Parameters>(
  grammar: Grammar<P>,
  given: Given,
  isPassedOver: (name: string) => boolean = () => false,
): Values<P> => {
  const known = new Map(Object.entries(grammar.params).map(([name, parameter]) => [name.toLowerCase(), parameter]))
  const problems = [...given.keys()]
    .filter((name) => !known.has(name) && !isPassedOver(name))
    .map((name) => unknown(grammar, name))
  const values: Record<string, unknown> = {}
  for (const [name, parameter] of Object.entries(grammar.params)) {
    const value = given.get(name.toLowerCase())
    if (value === undefined || (value === '' && (parameter.required || parameter.leavesEmpty))) {
      if (parameter.required)
        problems.push(`Parameter ${name} is required by ${grammar.name}: ${parameter.description}`)
      continue
    }
    const { problem, value: parsed } = check(name, parameter, value)
    if (problem === undefined) values[name] = parsed
    else problems.push(problem)
  }
  if (problems.length > 0)
    throw new SysvmError('SYSVM_API_PARAMETER', problems.join(' '), { details: { command: grammar.name } })
  return values as Values<P>
}

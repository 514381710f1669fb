import { SysvmError } from '@sysvm/errors'
import { found, notFound } from '../found.ts'

interface Asked {
  readonly id?: string | undefined
  readonly lbruleid?: string | undefined
}

/** The rule whose policies are asked for, by its own id or by that of a policy of it. */
export const ruleOfPolicy = (
  { id, lbruleid }: Asked,
  policies: readonly { readonly rule: string }[] | undefined,
  kind: string,
): string => {
  if (id === undefined) {
    if (lbruleid !== undefined) return lbruleid
    throw new SysvmError('SYSVM_API_PARAMETER', 'Parameters lbruleid and id: one of them is required.')
  }
  const { rule } = found(policies?.[0], 'id', kind, id)
  if (lbruleid !== undefined && lbruleid !== rule) throw notFound('id', `${kind} of the rule ${lbruleid}`, id)
  return rule
}

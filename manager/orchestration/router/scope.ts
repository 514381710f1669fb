import { SysvmError } from '@sysvm/errors'

/** What a router serves; its reconciler makes the router and has it made anew. */
export interface Scope {
  readonly kind: 'network' | 'vpc'
  readonly id: string
}

/** Which of the two places of a scope a router has. */
export type Rank = 'first' | 'second'

export const ranks: readonly Rank[] = ['first', 'second']

export const scopeOf = (router: {
  readonly id: string
  readonly network: string | null
  readonly vpc: string | null
}): Scope => {
  if (router.vpc !== null) return { kind: 'vpc', id: router.vpc }
  if (router.network !== null) return { kind: 'network', id: router.network }
  throw new SysvmError('SYSVM_INTERNAL', `The router ${router.id} serves nothing.`, { details: { router: router.id } })
}

import { SysvmError } from '@sysvm/errors'

interface Owned {
  readonly account: string | null
}

/**
 * What one account owns is made of its own things alone (531): a guest stands on its owner's networks, an address leads
 * to its owner's guests. The caller may see both, or it would not have come here.
 */
export const refuseForeign = (account: string, { account: other }: Owned, parameter: string, what: string): void => {
  if (account === other) return
  throw new SysvmError(
    'SYSVM_API_FORBIDDEN',
    `Parameter ${parameter}: ${what} belongs to another account than what it would be used for.`,
    { details: { parameter } },
  )
}

/** Every code of this library and what it means; the README lists the same, and a test compares them. */
export const codes = {
  NFT_NAME: 'A table, chain, set, map or counter has a name that nft cannot hold.',
  NFT_VALUE: 'A value does not fit the field it stands in.',
  NFT_REFERENCE: 'A rule names a chain, set, map or counter that its table does not have, or one of another shape.',
  NFT_DUPLICATE: 'The same name or the same element is given twice with different contents.',
  NFT_REJECTED: 'nft refused the ruleset; the message holds its own words.',
  NFT_UNREADABLE: 'nft listed something that this library cannot express.',
} as const

export type NetfilterErrorCode = keyof typeof codes

/** The one error of this library. */
export class NetfilterError extends Error {
  readonly code: NetfilterErrorCode

  constructor(code: NetfilterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NetfilterError'
    this.code = code
  }
}

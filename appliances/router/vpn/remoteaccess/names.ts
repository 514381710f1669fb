/** charon's name of the connection of people's machines, and of its one child. */
export const CONNECTION = 'people'
export const CHILD = 'net'

/** A pool of other addresses is another pool: charon changes none that is in use. */
export const poolName = ({ first, last }: { readonly first: string; readonly last: string }): string =>
  `people-${first}-${last}`

export const isPool = (name: string): boolean => name.startsWith('people-')

/** charon's name of a user's secret. */
export const keyName = (user: string): string => `user-${user}`

/** The user whose secret charon calls so; undefined: another's secret. */
export const userOf = (key: string): string | undefined => /^user-(.+)$/.exec(key)?.[1]

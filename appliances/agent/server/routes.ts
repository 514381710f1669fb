import type Koa from 'koa'

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST'

/** `/v1/state/:service` matches one segment, handed over by name. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly handle: (context: Koa.Context, parameters: Readonly<Record<string, string>>) => Promise<void> | void
}

/** The segments named with a colon, or undefined when the path is another one. */
export const matchPath = (pattern: string, path: string): Record<string, string> | undefined => {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? ''
    if (segment.startsWith(':') && value !== '') parameters[segment.slice(1)] = value
    else if (segment !== value) return undefined
  }
  return parameters
}

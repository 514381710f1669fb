import { join } from 'node:path'
import type { Namespace } from '../lab/index.ts'
import { patience } from '../lab/patience.ts'

/** How a client reaches the API, as it would be told by its user. */
export interface Access {
  readonly endpoint: string
  readonly key: string
  readonly secret: string
}

const PATIENCE_MS = 180_000

/** A program in the namespace with the access in its environment; what it printed, or a rejection with all of that. */
export const runClient = async (
  at: Namespace,
  { endpoint, key, secret }: Access,
  argv: readonly [string, ...string[]],
  options: { readonly input?: unknown; readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> => {
  const { input, cwd = import.meta.dirname, env = {} } = options
  await using process = await at.spawn(argv, {
    cwd,
    input: input === undefined ? '' : JSON.stringify(input),
    env: {
      CLOUDSTACK_ENDPOINT: endpoint,
      CLOUDSTACK_KEY: key,
      CLOUDSTACK_SECRET: secret,
      // What was compiled would lie beside the sources.
      PYTHONDONTWRITEBYTECODE: '1',
      ...env,
    },
  })
  const late = setTimeout(() => void process.stop('SIGKILL'), patience(PATIENCE_MS))
  const code = await process.ended
  clearTimeout(late)
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${process.output()}`)
  return process.output()
}

/** Runs a script of this folder that reads JSON and prints JSON. */
export const runScript = async <T>(at: Namespace, access: Access, script: string, input?: unknown): Promise<T> =>
  JSON.parse(await runClient(at, access, ['/usr/bin/python3', join(import.meta.dirname, script)], { input })) as T

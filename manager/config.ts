import { BlockList, isIP } from 'node:net'
import { join } from 'node:path'
import { SysvmError } from '@sysvm/errors'
import { z } from 'zod'

const seconds = z.coerce.number().positive()

/** CloudStack's. */
const CLOUD_API_PORT = 8080

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Addresses and networks with commas between them. */
const readNetworks = (text: string, context: z.RefinementCtx): BlockList => {
  const list = new BlockList()
  for (const part of text.split(',')) {
    const [address = '', prefix, ...rest] = part.trim().split('/')
    const [family, bits] = isIP(address) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (isIP(address) === 0 || rest.length > 0 || length < 0 || length > bits)
      context.addIssue({ code: 'custom', message: `'${part}' is not an address or network such as 192.0.2.0/24` })
    else list.addSubnet(address, length, family)
  }
  return list
}

const Environment = z.object({
  SYSVM_STATE: z.string().startsWith('/').default('/var/lib/sysvm'),
  SYSVM_IMAGES: z.string().min(1).default('images/out'),
  SYSVM_CACHE: z.string().startsWith('/').default('/var/cache/sysvm'),
  SYSVM_IMAGE_KEY: z.string().min(1).optional(),
  SYSVM_OPERATOR_KEY: z.string().min(1).optional(),
  SYSVM_API_PORT: z.coerce.number().int().min(0).max(65535).default(8096),
  SYSVM_API_ADDRESS: z
    .string()
    .refine(isLoopback, 'is not a loopback address such as 127.0.0.1: the integration port asks for no key')
    .default('127.0.0.1'),
  SYSVM_CLOUD_API_PORT: z.coerce.number().int().min(0).max(65535).optional(),
  SYSVM_CLOUD_API_ADDRESS: z
    .string()
    .refine((text) => isIP(text) !== 0, 'is not an IP address')
    .default('127.0.0.1'),
  SYSVM_CLOUD_API_PROXIES: z.string().transform(readNetworks).optional(),
  SYSVM_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  SYSVM_SWEEP_SECONDS: seconds.default(5),
  SYSVM_COMMIT_SECONDS: seconds.default(1),
  SYSVM_JOB_SECONDS: seconds.default(900),
  SYSVM_BOOT_SECONDS: seconds.default(180),
  SYSVM_GUEST_MTU: z.coerce.number().int().min(576).max(9216).default(1450),
  SYSVM_SIMULATOR: z.string().startsWith('/').optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:/, 'is not a PostgreSQL URL')
    .optional(),
})

/** Settings of the manager process; docs/reference/configuration.md explains each. */
export interface Config {
  /** The manager's own folder: keys, private PostgreSQL. */
  readonly folder: string
  readonly images: string
  /** PEM file that images are verified with. */
  readonly imageKey: string
  /** File of an OpenSSH public key. */
  readonly operatorKey?: string
  /** The integration port, which trusts whoever reaches it. */
  readonly api: { readonly port: number; readonly host: string }
  /** Where callers say who they are; absent: nowhere. `ifFree`: the manager does without where the port is taken. */
  readonly cloudApi?: {
    readonly port: number
    readonly host: string
    readonly ifFree: boolean
    readonly proxies?: BlockList
  }
  readonly logLevel: string
  readonly sweepSeconds: number
  readonly commitSeconds: number
  readonly jobSeconds: number
  readonly bootSeconds: number
  readonly guestMtu: number
  /** Folder in which simulated hosts keep what they hold; without it there are none. */
  readonly simulator?: string
  readonly databaseUrl?: string
}

/** Reads the environment; an empty variable counts as unset. Throws SYSVM_CONFIG that names every mistake. */
export const readConfig = (environment: Readonly<Record<string, string | undefined>>): Config => {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(set)
  if (!parsed.success) {
    // Names and reasons only: a database URL can hold a password.
    const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new SysvmError('SYSVM_CONFIG', `The manager's environment is wrong: ${mistakes.join('; ')}.`, {
      details: { mistakes },
    })
  }
  const env = parsed.data
  return {
    folder: join(env.SYSVM_STATE, 'manager'),
    images: env.SYSVM_IMAGES,
    imageKey: env.SYSVM_IMAGE_KEY ?? join(env.SYSVM_CACHE, 'keys', 'image.ed25519.pub'),
    ...(env.SYSVM_OPERATOR_KEY === undefined ? {} : { operatorKey: env.SYSVM_OPERATOR_KEY }),
    api: { port: env.SYSVM_API_PORT, host: env.SYSVM_API_ADDRESS },
    cloudApi: {
      port: env.SYSVM_CLOUD_API_PORT ?? CLOUD_API_PORT,
      host: env.SYSVM_CLOUD_API_ADDRESS,
      ifFree: env.SYSVM_CLOUD_API_PORT === undefined,
      ...(env.SYSVM_CLOUD_API_PROXIES === undefined ? {} : { proxies: env.SYSVM_CLOUD_API_PROXIES }),
    },
    logLevel: env.SYSVM_LOG_LEVEL,
    sweepSeconds: env.SYSVM_SWEEP_SECONDS,
    commitSeconds: env.SYSVM_COMMIT_SECONDS,
    jobSeconds: env.SYSVM_JOB_SECONDS,
    bootSeconds: env.SYSVM_BOOT_SECONDS,
    guestMtu: env.SYSVM_GUEST_MTU,
    ...(env.SYSVM_SIMULATOR === undefined ? {} : { simulator: env.SYSVM_SIMULATOR }),
    ...(env.DATABASE_URL === undefined ? {} : { databaseUrl: env.DATABASE_URL }),
  }
}

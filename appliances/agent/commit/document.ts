import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { z } from 'zod'
import type { AnyService } from '../service/index.ts'
import { SPEC_VERSION, SpecEnvelope } from '../spec/index.ts'
import { digestOf, type SignedSpec } from './store.ts'

/** Largest spec that is read. 100,000 forwarding rules are about 15 MB. */
export const SPEC_LIMIT_BYTES = 64 * 1024 * 1024

/** A spec that is signed, fits its schemas and is for this machine. */
export interface Document extends SignedSpec {
  readonly digest: string
  /** `services` holds each service's parsed spec, defaults filled in. */
  readonly spec: SpecEnvelope
}

/** What a document must match; the boot parameters say. */
export interface Identity {
  readonly name: string
  readonly role: string
  readonly managerKey: KeyObject
}

export const managerKeyOf = (base64: string): KeyObject =>
  createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' })

const verifySignature = ({ bytes, signature }: SignedSpec, key: KeyObject): void => {
  if (verify(null, bytes, key, Buffer.from(signature, 'base64'))) return
  throw new SysvmError(
    'SYSVM_SPEC_SIGNATURE',
    'The spec is not signed by the manager this machine was booted with; send it from that manager.',
  )
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's message quotes the text, which may hold secrets.
    throw new SysvmError('SYSVM_SPEC_INVALID', 'The spec is not JSON.')
  }
}

const refuseFuture = (json: unknown): void => {
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
  if (typeof version !== 'number' || version <= SPEC_VERSION) return
  throw new SysvmError(
    'SYSVM_SPEC_FUTURE',
    `The spec has format ${version}, this firmware reads up to ${SPEC_VERSION}; give the machine a newer image.`,
    { details: { version, supported: SPEC_VERSION } },
  )
}

/** Parses with a schema; the first problems by their path, never the values. */
const fit = <T>(schema: z.ZodType<T>, value: unknown, where: string): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, 10).map(({ path, message }) => ({
    path: [where, ...path.map(String)].filter((part) => part !== '').join('.'),
    message,
  }))
  const text = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  throw new SysvmError('SYSVM_SPEC_INVALID', `The spec does not fit: ${text}.`, { details: { issues } })
}

const parseServices = (envelope: SpecEnvelope, services: readonly AnyService[]): Record<string, unknown> => {
  const unknown = Object.keys(envelope.services).filter((name) => services.every((service) => service.name !== name))
  if (unknown.length > 0) {
    const message = `This firmware has no service ${unknown.join(', ')} in the role ${envelope.role}; leave it out.`
    throw new SysvmError('SYSVM_SPEC_INVALID', message, { details: { unknown } })
  }
  return Object.fromEntries(
    services
      .filter(({ name }) => envelope.services[name] !== undefined)
      .map(({ name, schema }) => [name, fit(schema, envelope.services[name], `services.${name}`)]),
  )
}

/**
 * The step `validate`: signature, format, schemas, and rules across services, in that order.
 * Throws SYSVM_SPEC_SIGNATURE, SYSVM_SPEC_FUTURE or SYSVM_SPEC_INVALID.
 */
export const readDocument = (signed: SignedSpec, identity: Identity, services: readonly AnyService[]): Document => {
  verifySignature(signed, identity.managerKey)
  const json = parseJson(signed.bytes)
  refuseFuture(json)
  const envelope = fit(SpecEnvelope, json, '')
  if (envelope.name !== identity.name || envelope.role !== identity.role) {
    throw new SysvmError(
      'SYSVM_SPEC_INVALID',
      `The spec is for the ${envelope.role} ${envelope.name}, but this machine is the ${identity.role} ${identity.name}.`,
    )
  }
  const spec = { ...envelope, services: parseServices(envelope, services) }
  for (const service of services) {
    const own = spec.services[service.name]
    if (own !== undefined) service.validate?.(own, spec)
  }
  return { ...signed, digest: digestOf(signed.bytes), spec }
}

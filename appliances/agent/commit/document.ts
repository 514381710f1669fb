import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { SysvmError } from '@sysvm/errors'
import type { z } from 'zod'
import type { AnyService } from '../service/index.ts'
import { applyEdits, type Json, type SpecBase, SpecDifference, treeDigest } from '../spec/difference/index.ts'
import { SPEC_VERSION, SpecEnvelope } from '../spec/index.ts'
import { digestOf, type SignedSpec } from './store.ts'

/** Largest spec that is read. 100,000 forwarding rules are about 15 MB. */
export const SPEC_LIMIT_BYTES = 64 * 1024 * 1024

/** What a spec says, which others may be told as a difference to. */
export interface Told {
  readonly generation: number
  readonly digest: string
  /** As it was sent. */
  readonly json: Json
  /** `services` holds each service's parsed spec, defaults filled in. */
  readonly spec: SpecEnvelope
}

/** A spec that is signed, fits its schemas and is for this machine. */
export interface Document extends SignedSpec, Told {
  /** Where the bytes are only a difference, what it is one to. */
  readonly base?: SpecBase
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

const parseJson = (bytes: Buffer): Json => {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json
  } catch {
    // The parser's message quotes the text, which may hold secrets.
    throw new SysvmError('SYSVM_SPEC_INVALID', 'The spec is not JSON.')
  }
}

const refuseFuture = (json: Json): void => {
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

/** What was parsed for the base stays true of the services that are the base's own. */
const parseServices = (
  envelope: SpecEnvelope,
  services: readonly AnyService[],
  base: Told | undefined,
): Record<string, unknown> => {
  const unknown = Object.keys(envelope.services).filter((name) => services.every((service) => service.name !== name))
  if (unknown.length > 0) {
    const message = `This firmware has no service ${unknown.join(', ')} in the role ${envelope.role}; leave it out.`
    throw new SysvmError('SYSVM_SPEC_INVALID', message, { details: { unknown } })
  }
  const known = (base?.json as SpecEnvelope | undefined)?.services
  return Object.fromEntries(
    services
      .filter(({ name }) => envelope.services[name] !== undefined)
      .map(({ name, schema }) => [
        name,
        base !== undefined && known?.[name] === envelope.services[name]
          ? base.spec.services[name]
          : fit(schema, envelope.services[name], `services.${name}`),
      ]),
  )
}

/** Format, schemas, and rules across services, in that order. */
const readSpec = (json: Json, identity: Identity, services: readonly AnyService[], base?: Told): SpecEnvelope => {
  refuseFuture(json)
  const envelope = fit(SpecEnvelope, json, '')
  if (envelope.name !== identity.name || envelope.role !== identity.role) {
    throw new SysvmError(
      'SYSVM_SPEC_INVALID',
      `The spec is for the ${envelope.role} ${envelope.name}, but this machine is the ${identity.role} ${identity.name}.`,
    )
  }
  const spec = { ...envelope, services: parseServices(envelope, services, base) }
  for (const service of services) {
    const own = spec.services[service.name]
    if (own !== undefined) service.validate?.(own, spec)
  }
  return spec
}

/** What the manager's bytes say, unchecked but for their signature. Throws SYSVM_SPEC_SIGNATURE or SYSVM_SPEC_INVALID. */
export const readWhole = (signed: SignedSpec, { managerKey }: Identity): Pick<Told, 'digest' | 'json'> => {
  verifySignature(signed, managerKey)
  return { digest: digestOf(signed.bytes), json: parseJson(signed.bytes) }
}

/** A document that is known to be the manager's, checked. Throws SYSVM_SPEC_FUTURE or SYSVM_SPEC_INVALID. */
export const toldBy = (json: Json, digest: string, identity: Identity, services: readonly AnyService[]): Told => {
  const spec = readSpec(json, identity, services)
  return { generation: spec.generation, digest, json, spec }
}

/**
 * The step `validate`: signature, format, schemas, and rules across services, in that order.
 * Throws SYSVM_SPEC_SIGNATURE, SYSVM_SPEC_FUTURE or SYSVM_SPEC_INVALID.
 */
export const readDocument = (signed: SignedSpec, identity: Identity, services: readonly AnyService[]): Document => {
  const { json, digest } = readWhole(signed, identity)
  return { ...signed, ...toldBy(json, digest, identity, services) }
}

/** What signed bytes are a difference to, and how. Throws SYSVM_SPEC_SIGNATURE or SYSVM_SPEC_INVALID. */
export const readDifference = (signed: SignedSpec, { managerKey }: Identity): SpecDifference => {
  verifySignature(signed, managerKey)
  return fit(SpecDifference, parseJson(signed.bytes), '')
}

/** The document that a difference leads to, as JSON. Throws SYSVM_SPEC_BASE where it is not the one that was meant. */
export const differenceFrom = (base: Json, { edits, digest, generation }: SpecDifference): Json => {
  const json = applyEdits(base, edits)
  // Asked of the base first: then only what they do not share is read.
  treeDigest(base as object)
  if (
    treeDigest(json as object, base as object) === digest &&
    (json as { generation?: unknown }).generation === generation
  )
    return json
  throw new SysvmError('SYSVM_SPEC_BASE', 'The difference leads to another document than it says; send the whole spec.')
}

/**
 * The same for a difference to the document in force: what comes of it is one complete document, checked like any other
 * but for what it shares with its base, which was. Throws SYSVM_SPEC_BASE, too.
 */
export const amendDocument = (
  signed: SignedSpec,
  inForce: Told | null,
  identity: Identity,
  services: readonly AnyService[],
): Document => {
  const difference = readDifference(signed, identity)
  const { base, generation, digest } = difference
  // A retry of what was confirmed meanwhile.
  if (inForce?.generation === generation && inForce.digest === digest) return { ...signed, ...inForce, base }
  if (inForce?.generation !== base.generation || inForce.digest !== base.digest)
    throw new SysvmError(
      'SYSVM_SPEC_BASE',
      `The difference is to generation ${base.generation}, but ${inForce === null ? 'none' : `generation ${inForce.generation} or another document`} is in force; send the whole spec.`,
      { details: { confirmed: inForce?.generation ?? null } },
    )
  const json = differenceFrom(inForce.json, difference)
  return { ...signed, generation, digest, base, json, spec: readSpec(json, identity, services, inForce) }
}

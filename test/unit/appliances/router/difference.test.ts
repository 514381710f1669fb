import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { amendDocument, managerKeyOf, readDocument, type Told } from '@sysvm/agent/commit/document'
import { type Generation, renderGeneration } from '@sysvm/agent/commit/generation'
import { differenceTo, type HeldSpec } from '@sysvm/agent/spec/difference'
import { isSysvmError } from '@sysvm/errors'
import { routerServices } from '@sysvm/router/index'
import type { RouterServices } from '@sysvm/router/spec'
import fc from 'fast-check'
import { compile, diff } from 'node-iptables'
import { expect, it } from 'vitest'
import { baseSpec } from './whole.ts'

type Nat = NonNullable<RouterServices['nat']>

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const identity = {
  name: 'r-1-VM',
  role: 'router',
  managerKey: managerKeyOf(publicKey.export({ type: 'spki', format: 'der' }).toString('base64')),
}

const signed = (value: unknown) => {
  const bytes = Buffer.from(JSON.stringify(value))
  return { bytes, signature: sign(null, bytes, privateKey).toString('base64') }
}

const outer = baseSpec.interfaces.interfaces.find(({ role }) => role === 'public')
const address = outer?.addresses[0]?.split('/')[0] ?? ''

/** Some are wrong in each way that is checked, and many have their ports in common with others. */
const forward = fc.record<Nat['forwards'][number]>(
  {
    address: fc.constantFrom(address, address, address, '192.0.2.99'),
    protocol: fc.constantFrom('tcp', 'udp'),
    port: fc.integer({ min: 1, max: 60 }),
    guest: fc.constantFrom('10.1.1.10', '10.1.1.11', '10.1.1.12', '10.9.9.9'),
    id: fc.constantFrom('one', 'two'),
    endPort: fc.integer({ min: 1, max: 60 }),
    guestPort: fc.integer({ min: 1, max: 65_535 }),
    sources: fc.constantFrom(['192.0.2.0/24'], ['192.0.2.0/24', '198.18.0.0/15']),
  },
  { requiredKeys: ['address', 'protocol', 'port', 'guest'] },
)
const ends = ({ port, endPort = port }: Nat['forwards'][number]): number => endPort

const rightForward = forward.filter((one) => {
  const { address: own, guest, port, guestPort = port } = one
  return own === address && guest !== '10.9.9.9' && ends(one) >= port && guestPort + ends(one) - port <= 65_535
})

/** What a list keeps when none may have a port in common with one before it. */
const apart = (forwards: readonly Nat['forwards'][number][]): Nat['forwards'] => {
  const kept: Nat['forwards'] = []
  for (const next of forwards)
    if (kept.every((one) => one.protocol !== next.protocol || one.port > ends(next) || next.port > ends(one)))
      kept.push(next)
  return kept
}

const step: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(20),
  drop: fc.nat(3),
  add: fc.oneof(
    { weight: 5, arbitrary: fc.array(rightForward, { maxLength: 4 }) },
    fc.array(forward, { maxLength: 2 }),
  ),
  egress: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
  dns: fc.boolean(),
  sorted: fc.boolean(),
})

interface Change {
  readonly at: number
  readonly drop: number
  readonly add: Nat['forwards']
  readonly egress: 'allow' | 'deny'
  readonly dns: boolean
  readonly sorted: boolean
}

const specOf = (
  generation: number,
  forwards: Nat['forwards'],
  { egress, dns }: { egress: 'allow' | 'deny'; dns: boolean },
) => {
  const { dns: resolver, ...others } = baseSpec
  return {
    ...{ version: 1, generation, name: 'r-1-VM', role: 'router' },
    services: {
      ...others,
      ...(dns && resolver !== undefined ? { dns: resolver } : {}),
      firewall: { ...baseSpec.firewall, egress },
      nat: { ...baseSpec.nat, forwards },
    },
  }
}

const attempt = async (read: () => Told): Promise<Generation | string> => {
  try {
    return await renderGeneration(read(), routerServices)
  } catch (error) {
    return isSysvmError(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

interface Step {
  readonly spec: unknown
  readonly before: Generation
  readonly amended: Generation | string
}

/** Amends again and again, as a machine does: what is remembered of one commit is at hand in the next. */
const amendAll = async (first: Nat['forwards'], steps: readonly Change[]): Promise<readonly Step[]> => {
  const document = specOf(1, apart(first), { egress: 'allow', dns: true })
  const whole = signed(document)
  let held: HeldSpec = { generation: 1, document, digest: createHash('sha256').update(whole.bytes).digest('hex') }
  let inForce = await renderGeneration(readDocument(whole, identity, routerServices), routerServices)
  const done: Step[] = []
  for (const [index, { at, drop, add, sorted, ...rest }] of steps.entries()) {
    const spliced = (inForce.spec.services.nat as Nat).forwards.toSpliced(at, drop, ...add)
    const spec = specOf(index + 2, sorted ? spliced.toSorted((a, b) => a.port - b.port) : spliced, rest)
    const told = differenceTo(held, JSON.parse(JSON.stringify(spec)))
    if (told === undefined) throw new Error('the edits do not lead there')
    const before = inForce
    const amended = await attempt(() => amendDocument(signed(told.difference), before, identity, routerServices))
    done.push({ spec, before, amended })
    if (typeof amended === 'string') continue
    inForce = amended
    held = told.held
  }
  return done
}

it('a difference makes the same generation as the whole document, or is refused for the same reason', async () => {
  const refusals = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(rightForward, { maxLength: 12 }),
      fc.array(step, { maxLength: 5 }),
      async (first, steps) => {
        for (const { spec, before, amended } of await amendAll(first, steps)) {
          const put = await attempt(() => readDocument(signed(spec), identity, routerServices))
          if (typeof put === 'string' || typeof amended === 'string') {
            expect(amended).toBe(put)
            refusals.add(String(put).slice(0, 40))
            continue
          }
          expect({ ...amended, digest: '' }).toEqual({ ...put, digest: '' })
          expect(compile(amended.ruleset)).toBe(compile(put.ruleset))
          expect(diff(before.ruleset, amended.ruleset)).toBe(diff(before.ruleset, put.ruleset))
        }
      },
    ),
    { numRuns: 30 },
  )
  expect(refusals.size).toBeGreaterThan(1)
})

it('finds a port that a new forward has in common with one far from it', async () => {
  const one = (protocol: 'tcp' | 'udp', port: number) => ({ address, protocol, port, guest: '10.1.1.10' })
  const add = (at: number, ...forwards: Nat['forwards']): Change => ({
    ...{ at, drop: 0, add: forwards, egress: 'allow' },
    ...{ dns: true, sorted: false },
  })
  const first = [one('udp', 1), one('tcp', 1), one('tcp', 5)]
  const steps = await amendAll(first, [add(3, one('udp', 1)), add(2, one('tcp', 1)), add(2, one('tcp', 3))])
  expect(steps.map(({ amended }) => (typeof amended === 'string' ? amended : 'amended'))).toEqual([
    `SYSVM_SPEC_INVALID: The forwards of ${address} udp 1 and of ${address} udp 1 overlap`,
    `SYSVM_SPEC_INVALID: The forwards of ${address} tcp 1 and of ${address} tcp 1 overlap`,
    'amended',
  ])
})

import { setTimeout as sleep } from 'node:timers/promises'
import type { Effects } from '@sysvm/agent/service'
import { messageOf } from '@sysvm/errors'
import type { IkeSa, Subscription, Vici, ViciEvent } from 'strongswan-ctl'
import { followRole, isPaired } from '../redundancy/follow.ts'
import { begin, dropSas, loadedIn, openVici, unlessRefused } from './charon.ts'
import { converge, stepsOf } from './converge.ts'
import { type Duty, dutyOf, readDuty } from './duty.ts'
import { type Found, found, judge } from './judge.ts'
import { inability } from './l2tp/able.ts'
import { convergeL2tp, missingL2tp } from './l2tp/charon.ts'
import { CONNECTION as L2TP } from './l2tp/names.ts'
import type { L2tp } from './l2tp/spec.ts'
import { configOf } from './messages.ts'
import { idOf, nameOf } from './names.ts'
import { initiatorIn, reasonIn, UNANSWERED } from './reasons.ts'
import { convergeRemoteAccess, missingOf, sweep } from './remoteaccess/apply.ts'
import { CONNECTION } from './remoteaccess/names.ts'
import { sessionsIn } from './remoteaccess/sessions.ts'
import type { RemoteAccess } from './remoteaccess/spec.ts'
import type { ConnectionState, SessionState } from './report.ts'
import { isGivenUp, timesSaid } from './silence.ts'
import type { Connection, VpnSpec } from './spec.ts'

/** The connections to other sites, as charon has them and as they should be. */
export interface Sites {
  /** Makes charon have exactly these. What does not differ is not touched; what charon forgets, it is told again. */
  update(wanted: VpnSpec): Promise<void>
  /** Begins again with those that are down and that nobody works on; a backup ends what it has. */
  retry(): Promise<void>
  /** Of each of these: what charon was not told of yet is about to be. */
  states(of: readonly Connection[]): Promise<readonly ConnectionState[]>
  /** Of people's machines. */
  sessions(): Promise<readonly SessionState[]>
  /** What charon does not have as it should. */
  missing(): Promise<readonly string[]>
  /** Charon is to end: nothing of it is taken up again. */
  close(): void
}

interface Session {
  readonly vici: Vici
  readonly watcher: Vici
}

const RESUME_PAUSE_MS = 500
/** Events that come together are looked at together. */
const LOOK_PAUSE_MS = 50
/** Lines of a log that may wait, of some hundred tunnels that come up at once. */
const BUFFER = 65_536
const NOTHING: Found = { up: new Set(), trying: false }
const SILENT = { state: 'Connecting', reason: 'charon does not answer' } as const

const seconds = (): number => Math.floor(Date.now() / 1000)

const isOurs = (name: string): boolean => idOf(name) !== undefined || name === CONNECTION || name === L2TP

type Watched = ViciEvent<'ike-updown' | 'child-updown' | 'log'>

const openSites = (effects: Effects): Sites => {
  let wanted: readonly Connection[] = []
  let access: RemoteAccess | undefined
  /** What this charon was told of people's machines. */
  let told: RemoteAccess | undefined
  /** The same of those that speak L2TP. */
  let l2tp: L2tp | undefined
  let toldL2tp: L2tp | undefined
  let session: Session | undefined
  let open = false
  let working: Promise<unknown> = Promise.resolve()
  const keys = new Map<string, string>()
  const reasons = new Map<string, string>()
  const states = new Map<string, ConnectionState>()
  const sas = new Map<string, Found>()
  let looksSoon = false
  let duty: Duty = 'unsure'
  let unfollow: (() => void) | undefined

  const tellState = (connection: Connection): void => {
    const name = nameOf(connection)
    const now = session === undefined ? SILENT : judge(connection, sas.get(name) ?? NOTHING, reasons.get(name), duty)
    const before = states.get(name)
    if (before?.state === now.state && before.reason === now.reason) return
    states.set(name, { id: connection.id, ...now, since: seconds() })
    effects.tell?.('vpn', { id: connection.id, ...now })
  }

  const look = async (vici: Vici): Promise<void> => {
    const all = Map.groupBy(await vici.listSas({ noblock: true }).toArray(), ({ name }: IkeSa) => name)
    sas.clear()
    for (const [name, own] of all) sas.set(name, found(own))
    for (const connection of wanted) {
      const name = nameOf(connection)
      if ((sas.get(name)?.up.size ?? 0) > 0) reasons.delete(name)
      tellState(connection)
    }
  }
  /** Soon, once for all that happens until then. */
  const lookSoon = (vici: Vici): void => {
    if (looksSoon) return
    looksSoon = true
    void sleep(LOOK_PAUSE_MS, undefined, { ref: false }).then(() => {
      looksSoon = false
      // A session that is lost is told of elsewhere.
      return look(vici).catch(() => undefined)
    })
  }

  /** A tunnel whose peer is silent for longer than it may be ends, and is begun anew. */
  const giveUp = (vici: Vici, name: string, unique: number, times: number): void => {
    const connection = wanted.find((one) => nameOf(one) === name)
    if (connection === undefined || (sas.get(name)?.up.size ?? 0) === 0 || !isGivenUp(connection, times)) return
    void inTurn(async () => {
      await vici.terminate({ 'ike-id': unique, force: true, timeout: -1 }).catch(unlessRefused)
      reasons.set(name, UNANSWERED)
      await look(vici)
      await act(vici)
    }).catch(() => undefined)
  }

  /** Somebody came in. */
  const sweepPeople = async (): Promise<void> => {
    if (session !== undefined && access !== undefined) await sweep(session.vici, access, false)
  }
  const watch = async ({ vici }: Session, events: Subscription<Watched>): Promise<void> => {
    /** SAs that a peer began, before charon knows whose connection they are. */
    const begun = new Map<number, string>()
    for await (const event of events) {
      if (event.event !== 'log') {
        if (event.event === 'ike-updown' && event.up && event.sa.name === CONNECTION)
          void inTurn(sweepPeople).catch(() => undefined)
        lookSoon(vici)
        continue
      }
      const unique = event['ikesa-uniqueid']
      const peer = initiatorIn(event)
      if (peer !== undefined && unique !== undefined) {
        const from = wanted.find(({ remote }) => remote.gateway === peer)
        if (from !== undefined) begun.set(unique, nameOf(from))
      }
      const silent = timesSaid(event.msg)
      if (silent !== undefined && unique !== undefined) giveUp(vici, event['ikesa-name'] ?? '', unique, silent)
      const reason = reasonIn(event)
      if (reason === undefined) continue
      const named = event['ikesa-name'] ?? ''
      const name = idOf(named) === undefined ? begun.get(unique ?? -1) : named
      if (name !== undefined) reasons.set(name, reason)
      lookSoon(vici)
    }
  }

  const resume = async (): Promise<void> => {
    while (open && session === undefined) {
      await sleep(RESUME_PAUSE_MS, undefined, { ref: false })
      if (open) await inTurn(bring).catch(() => undefined)
    }
  }
  const lost = (gone: Session): void => {
    if (session !== gone) return
    session = undefined
    told = undefined
    toldL2tp = undefined
    keys.clear()
    sas.clear()
    gone.vici.close()
    gone.watcher.close()
    for (const connection of wanted) tellState(connection)
    if (open) void resume()
  }

  const connected = async (): Promise<Session> => {
    if (session !== undefined) return session
    const [vici, watcher] = [await openVici(effects), await openVici(effects)]
    const next = { vici, watcher }
    const events = await watcher.subscribe(['ike-updown', 'child-updown', 'log'], { buffer: BUFFER })
    session = next
    void Promise.race([vici.closed, watcher.closed]).then(() => lost(next))
    watch(next, events).then(
      () => lost(next),
      (error: unknown) => {
        process.stderr.write(`<4>vpn: charon's events are asked for anew: ${messageOf(error)}\n`)
        lost(next)
      },
    )
    return next
  }

  const bring = async (): Promise<void> => {
    await takeDuty()
    const { vici } = await connected()
    await converge(vici, wanted, keys, () => openVici(effects), duty === 'serves')
    // What a failure leaves is not known.
    const last = told
    told = undefined
    await convergeRemoteAccess(vici, last, access)
    told = access
    const lastL2tp = toldL2tp
    toldL2tp = undefined
    await convergeL2tp(vici, lastL2tp, l2tp)
    toldL2tp = l2tp
    await look(vici)
  }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = working.then(work, work)
    working = next.catch(() => undefined)
    return next
  }

  const beginAll = async (vici: Vici): Promise<void> => {
    for (const connection of wanted) {
      const name = nameOf(connection)
      const { up, trying } = sas.get(name) ?? NOTHING
      if (connection.passive || trying) continue
      for (const child of Object.keys(configOf(connection).children ?? {}))
        if (!up.has(child)) await begin(vici, name, child)
    }
  }
  /** Has tunnels where they are this router's, and none where they are the other one's. */
  const act = async (vici: Vici): Promise<void> => {
    if (duty === 'serves') await beginAll(vici)
    else if (duty === 'rests') {
      for (const name of sas.keys()) if (isOurs(name)) await dropSas(vici, name)
      reasons.clear()
    }
    await look(vici)
  }
  const takeDuty = async (): Promise<void> => {
    duty = await readDuty(effects)
    const paired = await isPaired(effects)
    if (!paired) unfollow?.()
    if (!paired) unfollow = undefined
    else
      unfollow ??= followRole(effects, (role) => {
        duty = dutyOf(role)
        // One that is lost is begun again with all that it has to do.
        void inTurn(async () => {
          if (session === undefined) return
          await look(session.vici)
          await act(session.vici)
        }).catch(() => undefined)
      })
  }

  return {
    update: ({ connections: next, remoteAccess, l2tp: people }) =>
      inTurn(async () => {
        const before = new Map(wanted.map((connection) => [nameOf(connection), connection]))
        open = true
        wanted = next
        access = remoteAccess
        l2tp = people === undefined || (await inability(effects)) !== undefined ? undefined : people
        const names = new Set(next.map(nameOf))
        for (const name of states.keys()) if (!names.has(name)) states.delete(name)
        for (const connection of next) {
          const old = before.get(nameOf(connection))
          if (old === undefined || JSON.stringify(old) !== JSON.stringify(connection))
            reasons.delete(nameOf(connection))
          if (session === undefined) tellState(connection)
        }
        await bring()
      }),
    retry: () =>
      inTurn(async () => {
        const { vici } = await connected()
        await bring()
        await act(vici)
      }),
    states: async (of) => {
      if (session !== undefined) await look(session.vici)
      return of.map((connection): ConnectionState => {
        const told = states.get(nameOf(connection))
        return told ?? { id: connection.id, state: 'Connecting', since: seconds() }
      })
    },
    sessions: async () => (session === undefined ? [] : sessionsIn(session.vici)),
    missing: async () => {
      const { vici } = await connected()
      const { gone, told: differing } = stepsOf(wanted, await loadedIn(vici), keys)
      const ids = [...differing.map(({ id }) => id), ...gone.map((name) => idOf(name) ?? name)]
      return [
        ...ids.map((id) => `the VPN connection ${id}`),
        ...(await missingOf(vici, access)),
        ...(await missingL2tp(vici, l2tp)),
      ]
    },
    close: () => {
      open = false
      unfollow?.()
      unfollow = undefined
      wanted = []
      access = undefined
      l2tp = undefined
      const last = session
      if (last !== undefined) lost(last)
      states.clear()
      reasons.clear()
    },
  }
}

interface Machine {
  readonly sites: Sites
  /** Settles when what was taken up again was told to charon, or could not be. */
  readonly resumed?: Promise<unknown>
}

/** A process has one machine. */
const machines = new WeakMap<Effects, Machine>()

/** The machine's sites; undefined before charon was told of any. */
export const knownSites = (effects: Effects): Sites | undefined => machines.get(effects)?.sites

/** The same, opened where there are none. */
export const sitesOf = (effects: Effects): Sites => {
  const known = knownSites(effects)
  if (known !== undefined) return known
  const sites = openSites(effects)
  machines.set(effects, { sites })
  return sites
}

/**
 * What a restarted agent does not know of is taken up again, once for all who ask. That charon does not answer is theirs
 * to find out.
 */
export const resumedSites = async (wanted: VpnSpec, effects: Effects): Promise<Sites> => {
  const known = machines.get(effects)
  if (known !== undefined) {
    await known.resumed
    return known.sites
  }
  const sites = openSites(effects)
  const resumed = sites.update(wanted).catch(() => undefined)
  machines.set(effects, { sites, resumed })
  await resumed
  return sites
}

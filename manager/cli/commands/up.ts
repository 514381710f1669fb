import { createInterface } from 'node:readline/promises'
import { SysvmError } from '@sysvm/errors'
import { find, idOf } from '../cloud/ensure.ts'
import { ensureGuest, ensureNetwork } from '../cloud/guest.ts'
import { ensureHostUp } from '../cloud/host.ts'
import { awaitProof } from '../cloud/proof.ts'
import { type Summary, summaryText } from '../cloud/summary.ts'
import { enableZone, ensureZone } from '../cloud/zone.ts'
import type { Command, Context } from '../command.ts'
import { ensureHost } from '../demo/host.ts'
import { namesOf } from '../demo/names.ts'
import { ensureDemoNetwork } from '../demo/network.ts'
import { ensureOutside } from '../demo/outside.ts'
import { chooseDriver, type Driver, driverFrom } from '../driver.ts'
import { ensureImages } from '../setup/images.ts'
import { takeLock } from '../setup/lock.ts'
import { madeWith, recordMade } from '../setup/made.ts'
import { ensureManager } from '../setup/manager.ts'
import { ensureOperatorKey } from '../setup/operator.ts'
import { installPackages, type MissingPackages, missingPackages } from '../setup/packages.ts'
import { needRoot } from '../setup/root.ts'
import { probeVirtualization } from '../setup/virtualization.ts'

const intentions = ({ settings }: Context, { needed, optional }: MissingPackages): string => {
  const { host, outside } = namesOf(settings)
  const extra = optional.length === 0 ? '' : `; where Debian has it: ${optional.join(' ')}`
  const packages =
    needed.length === 0 ? 'no Debian packages: all are there' : `Debian packages: ${needed.join(' ')}${extra}`
  return [
    'sysvm up brings a small cloud up on this machine:',
    `  install    ${packages}`,
    `  images     a system VM and a guest, built once (minutes), then kept in ${settings.cache}`,
    `  manager    with its own PostgreSQL, in ${settings.state}, API on 127.0.0.1:${settings.port}`,
    `  network    namespaces ${host} and ${outside}; this machine's own network is not touched`,
    '  machines   a virtual router and a guest, inside the host namespace',
    'sysvm down removes all but the packages and the image cache.',
  ].join('\n')
}

const confirm = async (): Promise<void> => {
  const line = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await line.question('Go on? [Y/n] ')
  line.close()
  if (!/^(y|yes|)$/i.test(answer.trim())) throw new SysvmError('SYSVM_USAGE', 'stopped, nothing was changed')
}

const install = async (context: Context, yes: boolean): Promise<void> => {
  const missing = await missingPackages(context.settings)
  context.warn(intentions(context, missing))
  if (missing.needed.length === 0) return
  if (!yes && process.stdin.isTTY) await confirm()
  await context.progress.step(`install ${missing.needed.length} Debian packages`, () =>
    installPackages(context.settings),
  )
}

/** Everything below the API: images, namespaces, the host, the outside, the manager. */
const ensureMachinery = async (context: Context, asked: Driver | undefined): Promise<Driver> => {
  const { settings, progress, client } = context
  const made = await madeWith(settings)
  const images = await progress.step('images', ensureImages)
  const { driver, why } = await chooseDriver(asked, made, () => probeVirtualization(settings))
  context.warn(`  driver ${driver}: ${why}`)
  await recordMade(settings, driver)
  await progress.step('network namespaces', () => ensureDemoNetwork(settings))
  await progress.step('outside: DNS server and web site', () => ensureOutside(settings))
  await progress.step('host', () => ensureHost(settings, driver))
  const operatorKey = await ensureOperatorKey(settings)
  await progress.step('manager', () => ensureManager(settings, client, { images, operatorKey }))
  return driver
}

/** The cloud itself, made through the API alone. */
const ensureCloud = async (context: Context, driver: Driver): Promise<Omit<Summary, 'seconds'>> => {
  const { settings, progress, client } = context
  // A VM without hardware virtualization takes its time.
  const patience = driver === 'kvm' ? 600_000 : 120_000
  const ids = await progress.step('zone', () => ensureZone(client))
  const url = namesOf(settings).hostUrl
  await progress.step('this machine as a host', (tell) => ensureHostUp(client, ids, driver, url, tell))
  await enableZone(client, ids.zone)
  const made = await progress.step('network', () => ensureNetwork(client, ids.zone))
  const deployed = await progress.step('router and guest', (tell) =>
    ensureGuest(client, ids.zone, idOf(made), patience, tell),
  )
  const proof = await progress.step('proof from the guest', (tell) =>
    awaitProof(client, idOf(deployed), patience, tell),
  )
  const same = (id: string) => (item: { readonly id?: unknown }) => item.id === id
  const network = await find(client, { list: 'listNetworks', object: 'network', matches: same(idOf(made)) })
  const router = await find(client, {
    list: 'listRouters',
    listParameters: { networkid: idOf(made) },
    object: 'router',
    matches: () => true,
  })
  return { driver, network: network ?? made, router: router ?? {}, guest: deployed, proof }
}

export const up: Command = {
  name: 'up',
  summary: 'bring a whole cloud up on this machine: host, network, router, guest',
  usage: '[--driver kvm|container] [--yes]',
  description: [
    'Installs what is missing, builds or finds the images, starts the manager, makes this machine a host and',
    'deploys a network with its router and a guest, then shows that the guest reaches the outside through NAT.',
    'Running it again repairs what is missing and changes nothing else. sysvm down removes it.',
    'Without --driver: kvm where hardware virtualization works, else container.',
  ].join('\n'),
  options: { driver: { type: 'string' }, yes: { type: 'boolean', short: 'y' } },
  async run(context, { values }) {
    const asked = driverFrom(values.driver)
    needRoot('up')
    const started = performance.now()
    await using _lock = await takeLock(context.settings)
    await install(context, values.yes === true)
    const driver = await ensureMachinery(context, asked)
    const cloud = await ensureCloud(context, driver)
    const summary: Summary = { ...cloud, seconds: (performance.now() - started) / 1000 }
    context.print(context.json ? JSON.stringify(summary) : summaryText(summary, context.settings))
  },
}

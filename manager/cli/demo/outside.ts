import { join } from 'node:path'
import { runProcess } from '../../hosts/local/process.ts'
import type { Settings } from '../settings.ts'
import { namesOf, plan } from './names.ts'
import { findProcess, startBackground } from './processes.ts'
import { until } from './until.ts'

const dnsmasq = [
  'dnsmasq',
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--no-resolv',
  '--no-hosts',
  '--bind-interfaces',
  `--listen-address=${plan.public.gateway}`,
  `--host-record=${plan.site.name},${plan.site.address}`,
  // It knows all of this name: no IPv6 address is an answer, not a refusal.
  `--local=/${plan.site.name}/`,
  '--user=root',
  '--pid-file',
  '--log-facility=-',
] as const

/** The DNS server and the web site that the guest finds beyond NAT. */
export const ensureOutside = async (settings: Settings): Promise<void> => {
  const enter = ['nsenter', `--net=/run/netns/${namesOf(settings).outside}`, '--'] as const
  if (findProcess(settings, 'dns', 'dnsmasq') === undefined)
    await startBackground(settings, 'dns', [...enter, ...dnsmasq])
  if (findProcess(settings, 'site', 'site.ts') === undefined) {
    const program = join(import.meta.dirname, 'site.ts')
    await startBackground(settings, 'site', [...enter, process.execPath, program, plan.site.address, '80'])
  }
  await until('the DNS server and the web site outside listen', 15_000, async () => {
    const { stdout } = await runProcess([...enter, 'ss', '-Hlnut'])
    return stdout.includes(`${plan.public.gateway}:53`) && stdout.includes(`${plan.site.address}:80`)
  })
}

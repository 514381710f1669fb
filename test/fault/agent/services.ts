import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AnyService, defineService, type Effects, LIVE } from '@sysvm/agent/service'
import { z } from 'zod'

/** Addresses of one device, kept by the kernel. A device that is not there makes `apply` fail. */
const addresses = defineService({
  name: 'addresses',
  schema: z.strictObject({ device: z.string(), addresses: z.array(z.string()) }),
  render: () => ({ files: [] }),
  plan: ({ after }) => [{ verb: 'update', target: after?.device ?? 'none', why: 'addresses', dropsFlows: false }],
  apply: async ({ before, after }, { run }) => {
    const device = after?.device ?? before?.device ?? 'lo'
    const wanted = after?.addresses ?? []
    const { stdout } = await run(['ip', '-json', 'address', 'show', 'dev', device])
    const [link] = JSON.parse(stdout) as [{ addr_info: { local: string; prefixlen: number; family: string }[] }]
    const there = link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    const ours = there.filter((address) => address.startsWith('192.0.2.'))
    const commands = [
      ...wanted.filter((address) => !there.includes(address)).map((address) => `address add ${address} dev ${device}`),
      ...ours.filter((address) => !wanted.includes(address)).map((address) => `address del ${address} dev ${device}`),
    ]
    if (commands.length > 0) await run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n` })
  },
  health: async () => undefined,
})

const PID_FILE = '/run/sysvm/dns.pid'

/** Whether the process still holds its sockets: it is there and no zombie. */
const lives = async (pid: string): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !stat.includes(') Z ')
}

const stopDns = async ({ run }: Effects): Promise<void> => {
  const pid = (await readFile(PID_FILE, 'utf8').catch(() => '')).trim()
  if (pid === '') return
  await run(['kill', '-KILL', pid]).catch(() => undefined)
  while (await lives(pid)) await sleep(5)
}

/** A real dnsmasq. `extra` lines that it does not know are refused by its checker; `expect` is what the probe asks. */
const dns = defineService({
  name: 'dns',
  schema: z.strictObject({
    listen: z.string(),
    records: z.record(z.string(), z.string()),
    extra: z.array(z.string()).default([]),
    expect: z.string(),
    secret: z.string().optional(),
  }),
  render: ({ listen, records, extra, secret }) => {
    const lines = [
      'no-resolv',
      'no-hosts',
      'bind-interfaces',
      'except-interface=lo',
      `pid-file=${PID_FILE}`,
      'user=root',
      `listen-address=${listen}`,
      ...Object.entries(records).map(([name, address]) => `address=/${name}/${address}`),
      ...extra,
    ]
    return {
      files: [
        { path: 'dns/dnsmasq.conf', text: `${lines.join('\n')}\n` },
        ...(secret === undefined ? [] : [{ path: 'dns/secret', text: secret, mode: 0o600, secret: true }]),
      ],
    }
  },
  check: async (path, { run }) => {
    await run(['dnsmasq', '--test', '-C', path('dns/dnsmasq.conf')])
  },
  plan: ({ files }) =>
    files.length === 0 ? [] : [{ verb: 'restart', target: 'dnsmasq', why: 'its file changed', dropsFlows: false }],
  apply: async ({ before, after, files }, effects) => {
    if (before !== undefined && after !== undefined && files.length === 0) return
    await stopDns(effects)
    if (after !== undefined) await effects.run(['dnsmasq', '-C', `${LIVE}/dns/dnsmasq.conf`])
  },
  health: async ({ listen, expect }, { run }) => {
    await run(['busybox', 'nslookup', '-type=a', expect, listen], { timeoutMs: 2000 })
  },
  state: async ({ records }) => ({ records: Object.keys(records).length }),
})

/** Netfilter only. `breaks` makes rendering itself fail. */
const firewall = defineService({
  name: 'firewall',
  schema: z.strictObject({ drop: z.array(z.int()), breaks: z.boolean().default(false) }),
  render: ({ drop, breaks }) => {
    if (breaks) throw new Error('the template has no word for this')
    return {
      files: [],
      ruleset: {
        tables: [
          {
            family: 'inet',
            name: 'sysvm_test',
            chains: [
              {
                name: 'input',
                hook: { type: 'filter', at: 'input', priority: 'filter', policy: 'accept' },
                rules: [{ protocol: 'tcp', destinationPort: drop, jump: 'DROP' }],
              },
            ],
          },
        ],
      },
    }
  },
  plan: () => [],
  apply: async () => undefined,
  health: async () => undefined,
})

/** Tiny services around real programs and the real kernel. */
export const testServices: readonly AnyService[] = [addresses, dns, firewall]

import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type Answer, listOf } from '@sysvm/manager/cli/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveDns, serveHttp, until } from '../lab/index.ts'
import { type Cloud, createCloud, idOf, one } from './cloud/index.ts'

const OUTSIDE6 = '2001:db8:ff::1'

/** What a guest does with a variable of its user data, with IPv6, and with names. */
const script = `#!/bin/sh
get() { timeout 5 wget -q -O - "$1"; }
echo "sysvm-guest: db-host=$(get http://169.254.169.254/latest/meta-data/db_host)"
echo "sysvm-guest: corp=$(nslookup hr.corp.example | awk '/^Name:/ { seen = 1 } seen && /^Address/ { print $NF; exit }')"
tries=0
until page=$(get "http://[${OUTSIDE6}]/"); do
  tries=$((tries + 1))
  [ $tries -gt 30 ] && break
  sleep 0.5
done
echo "sysvm-guest: six=$page"
`

/** Looks its neighbour up by its short name, again and again, and says when that changes. */
const lookUpForever = `#!/bin/sh
(while :; do
  now=$(nslookup -type=aaaa one.cs2.internal 2>/dev/null | awk '/^Name:/ { seen = 1 } seen && /^Address/ { print $NF; exit }')
  [ "$now" = "$last" ] || echo "sysvm-guest: neighbour6=$now"
  last=$now
  sleep 0.5
done) &
`

/** As cloud-init takes it (RFC 2046 in RFC 1952): several parts, and bytes that no text has. */
const multipart = gzipSync(
  [
    ...['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary="=="', ''],
    ...['--==', 'Content-Type: text/cloud-config', '', '#cloud-config', 'hostname: ü', ''],
    ...['--==', 'Content-Type: text/x-shellscript', '', '#!/bin/sh', 'true', '--==--', ''],
  ].join('\r\n'),
)

const digest = (password: unknown): string =>
  `sha256:${createHash('sha256').update(String(password)).digest('hex').slice(0, 16)}`

describe('what a router tells its guests', () => {
  let cloud: Cloud
  let network: Answer
  let guest: Answer
  let pair: Answer

  const run: Cloud['run'] = (...call) => cloud.run(...call)
  const says = (id: string, key: string, value: string): Promise<unknown> =>
    until(
      `the guest says ${key}=${value}`,
      async () => {
        const said = (await cloud.facts(id))[key]
        if (said !== value) throw new Error(`it said ${said}`)
        return true
      },
      { timeoutMs: cloud.patienceMs },
    )
  /** What the guest says of a key after a boot that `how` brings about. */
  const saysAfter = async (id: string, how: () => Promise<unknown>, key: string): Promise<string> => {
    const { boot = '' } = await cloud.facts(id)
    await how()
    return until(
      `the guest says ${key} after its boot`,
      async () => {
        const { consolelog } = await cloud.client.call('getConsoleLog', { id })
        const last =
          String((consolelog as Answer).log)
            .split('sysvm-guest: boot=')
            .at(-1) ?? ''
        const said = new RegExp(`sysvm-guest: ${key}=(.*?)\\r?$`, 'm').exec(last)?.[1]
        if (said === undefined || last.startsWith(boot)) throw new Error(`it said ${last}`)
        return said.trim()
      },
      { timeoutMs: cloud.patienceMs },
    )
  }
  /** As root of the guest, with the tools of its host: busybox has no client of DHCPv6. */
  const asGuest = async (id: string, script: string): Promise<string> => {
    const [host] = cloud.hosts
    const { instancename } = await cloud.guest(id)
    const command = ['ip', 'netns', 'exec', `sv-${instancename}`, 'sh', '-ec', script] as const
    return (await host?.connection.run(command, { timeoutMs: cloud.patienceMs }))?.stdout.trim() ?? ''
  }
  const nicOf = async (id: string): Promise<Answer> =>
    one(await cloud.client.call('listNics', { virtualmachineid: id }), 'nic')

  beforeAll(async () => {
    cloud = await createCloud('guest-services', { driver: 'container' })
    const { client, outside, lab, zone } = cloud
    await outside.ip(['address', 'add', `${OUTSIDE6}/64`, 'dev', 'public0', 'nodad'])
    // What ip6routes of the network will tell.
    await outside.ip(['route', 'add', '2001:db8:100::/64', 'via', '2001:db8:ff::10'])
    const six = await serveHttp(outside, { address: OUTSIDE6 })
    lab.defer(() => six.close())
    await outside.ip(['address', 'add', '198.51.100.53/32', 'dev', 'lo'])
    const corporate = await serveDns(outside, {
      address: '198.51.100.53',
      records: { 'hr.corp.example': '203.0.113.99' },
    })
    lab.defer(() => corporate.close())
    const [range] = listOf(await client.call('listVlanIpRanges', { zoneid: zone }), 'vlaniprange')
    await run('createVlanIpRange', {
      zoneid: zone,
      physicalnetworkid: String(range?.physicalnetworkid),
      vlan: 'untagged',
      ip6cidr: '2001:db8:ff::/64',
      ip6gateway: OUTSIDE6,
      startipv6: '2001:db8:ff::10',
      endipv6: '2001:db8:ff::1f',
    })
    await run('createGuestNetworkIpv6Prefix', { zoneid: zone, prefix: '2001:db8:100::/48' })
    const offering = await run('createNetworkOffering', {
      name: 'dual',
      guestiptype: 'Isolated',
      traffictype: 'Guest',
      supportedservices: 'Dhcp,Dns,SourceNat,UserData,Firewall,StaticNat,PortForwarding',
      internetprotocol: 'DualStack',
      enable: true,
    })
    network = await run('createNetwork', {
      name: 'dual',
      zoneid: zone,
      networkofferingid: idOf(offering),
      gateway: '10.2.1.1',
      netmask: '255.255.255.0',
      networkdomain: 'cs2.internal',
      dns1: '198.51.100.53',
    })
    pair = await run('createSSHKeyPair', { name: 'laptop' })
    const userdata = await run('registerUserData', {
      name: 'web',
      userdata: Buffer.from(script).toString('base64'),
      params: 'db_host',
    })
    guest = await cloud.deploy('one', idOf(network), undefined, {
      userdataid: idOf(userdata),
      'userdatadetails[0].db_host': "db-1'; reboot",
      keypairs: 'laptop',
      'dhcpoptionsnetworklist[0].networkid': idOf(network),
      'dhcpoptionsnetworklist[0].dhcp:42': '192.0.2.1,192.0.2.2',
      'dhcpoptionsnetworklist[0].dhcp:224': '0x0a0b',
    })
  })
  afterAll(() => cloud?.[Symbol.asyncDispose]())

  test('user data and its variables, keys, and DHCP options of its own', async () => {
    const id = idOf(guest)
    expect(await cloud.fact(id, 'keys')).toBe('1')
    expect(await cloud.fact(id, 'db-host')).toBe("db-1'; reboot")
    expect(await cloud.fact(id, 'ntp')).toBe('192.0.2.1 192.0.2.2')
    expect(await cloud.fact(id, 'option224')).toBe('0a0b')
    expect(guest).toMatchObject({ keypairs: 'laptop', userdataname: 'web' })
    const served = await run('getVirtualMachineUserData', { virtualmachineid: id })
    expect(Buffer.from(String(served.userdata), 'base64').toString()).toBe(script)
  })

  test('names outside are asked of its own forwarder', async () => {
    expect(await cloud.fact(idOf(guest), 'corp')).toBe('203.0.113.99')
    expect(cloud.dns.questions).not.toContain('hr.corp.example')
  })

  test('IPv6: an address of the network, a way out and the way back', async () => {
    const id = idOf(guest)
    const [found] = listOf(await cloud.client.call('listNetworks', { id: idOf(network) }), 'network')
    expect(found).toMatchObject({ ip6cidr: '2001:db8:100::/64', ip6gateway: '2001:db8:100::1' })
    expect(found?.ip6routes).toEqual([{ subnet: '2001:db8:100::/64', gateway: '2001:db8:ff::10' }])
    const { ip6address } = await nicOf(id)
    expect(await cloud.fact(id, 'address6')).toBe(`${ip6address}/64`)
    expect(await cloud.fact(id, 'six')).toBe(`you are ${ip6address}`)
  })

  test('the IPv6 firewall: who outside reaches a guest, and what guests send', async () => {
    const { ip6address } = await nicOf(idOf(guest))
    const reached = (): Promise<string> =>
      cloud.outside.exec(['curl', '-gs', '-m', '2', `http://[${ip6address}]/`]).then(
        ({ stdout }) => stdout.trim(),
        () => 'nothing',
      )
    const rule = (more: Record<string, string>): Promise<Answer> =>
      run('createIpv6FirewallRule', { networkid: idOf(network), protocol: 'tcp', startport: 80, endport: 80, ...more })
    expect(await reached()).toBe('nothing')
    const others = await rule({ traffictype: 'ingress', cidrlist: '2001:db8:ffff::/64' })
    expect(await reached()).toBe('nothing')
    const open = await rule({ traffictype: 'ingress', cidrlist: '2001:db8:ff::/64', destcidrlist: `${ip6address}/128` })
    expect(await reached()).toBe('hello from one')
    await run('deleteIpv6FirewallRule', { id: idOf(open) })
    expect(await reached()).toBe('nothing')
    await run('deleteIpv6FirewallRule', { id: idOf(others) })
    const page = (): Promise<string> => asGuest(idOf(guest), `curl -gs -m 2 'http://[${OUTSIDE6}]/' || echo nothing`)
    expect(await page()).toBe(`you are ${ip6address}`)
    const closed = await rule({
      traffictype: 'egress',
      cidrlist: '2001:db8:100::/64',
      destcidrlist: '2001:db8:ff::/64',
    })
    const after = await page()
    await run('deleteIpv6FirewallRule', { id: idOf(closed) })
    expect(after).toBe('nothing')
    expect(await page()).toBe(`you are ${ip6address}`)
  })

  test('what a guest loads from the network is its own, by TFTP and HTTP, as long as it is to', async () => {
    const id = idOf(guest)
    const page = 'curl -sS -m 10 http://10.2.1.1:8069/boot.ipxe'
    const file = 'curl -sS -m 20 tftp://10.2.1.1/boot.ipxe'
    const script = '#!ipxe\necho hello\nexit'
    // 64-bit EFI says so (RFC 4578), and is told what to load.
    const discover = 'timeout 10 busybox udhcpc -i eth0 -f -n -q -T 1 -t 5 -O bootfile -x 0x5d:0007 -s'
    const program = `${cloud.lab.directory}/bootfile.sh`
    const told = (): Promise<string> =>
      until(
        'DHCP answers',
        () =>
          asGuest(
            id,
            `printf '%s\\n' '#!/bin/sh' 'echo "boot=$boot_file at=$ip"' >${program}
          chmod +x ${program}; ${discover} ${program} 2>/dev/null | grep -m 1 at=..`,
          ),
        { timeoutMs: cloud.patienceMs },
      )
    const { ipaddress } = await nicOf(id)
    await run('setVirtualMachineNetboot', { id, script: Buffer.from(`${script}\n`).toString('base64') })
    expect(await asGuest(id, page)).toBe(script)
    expect(await asGuest(id, file)).toBe(script)
    expect(await told()).toBe(`boot=snponly.efi at=${ipaddress}`)
    await run('setVirtualMachineNetboot', { id })
    expect(await asGuest(id, `${page} 2>/dev/null || echo nothing`)).toBe('nothing')
    expect(await told()).toBe(`boot= at=${ipaddress}`)
  })

  test('a nic comes and goes while the guest runs, and its router tells it the way out of one network alone', async () => {
    const id = idOf(guest)
    const { boot } = await cloud.facts(id)
    const second = await cloud.network('second', '10.7.1.1', '255.255.255.0')
    const added = await run('addNicToVirtualMachine', { virtualmachineid: id, networkid: idOf(second) })
    const nics = added.nic as Answer[]
    expect(nics).toMatchObject([{ isdefault: true }, { isdefault: false, networkid: idOf(second) }])
    const program = `${cloud.lab.directory}/way.sh`
    const told = (device: string): Promise<string> =>
      until(
        `DHCP answers on ${device}`,
        () =>
          asGuest(
            id,
            `printf '%s\\n' '#!/bin/sh' 'echo "at=$ip router=$router"' >${program}
          chmod +x ${program}; ip link set ${device} up
          timeout 10 busybox udhcpc -i ${device} -f -n -q -T 1 -t 5 -s ${program} 2>/dev/null | grep -m 1 at=[0-9]`,
          ),
        { timeoutMs: cloud.patienceMs },
      )
    const [first, fresh] = nics
    expect(await told('eth0')).toBe(`at=${first?.ipaddress} router=10.2.1.1`)
    expect(await told('eth1')).toBe(`at=${fresh?.ipaddress} router=`)
    await run('updateDefaultNicForVirtualMachine', { virtualmachineid: id, nicid: idOf(fresh as Answer) })
    await until('the routers say so', async () => {
      const said = [await told('eth0'), await told('eth1')]
      expect(said).toEqual([`at=${first?.ipaddress} router=`, `at=${fresh?.ipaddress} router=10.7.1.1`])
      return true
    })
    await run('updateDefaultNicForVirtualMachine', { virtualmachineid: id, nicid: idOf(first as Answer) })
    const removed = await run('removeNicFromVirtualMachine', { virtualmachineid: id, nicid: idOf(fresh as Answer) })
    expect(removed.nic).toMatchObject([{ id: idOf(first as Answer) }])
    expect(await asGuest(id, 'ip -o link show eth1 2>/dev/null || echo none')).toBe('none')
    expect((await cloud.facts(id)).boot).toBe(boot)
    await run('deleteNetwork', { id: idOf(second) })
  })

  test('a password once: not after a reboot of the guest or its router, but after a reset', async () => {
    const id = idOf(guest)
    expect(await cloud.fact(id, 'password')).toBe(digest(guest.password))
    const { encryptedpassword } = await run('getVMPassword', { id })
    const key = { key: String(pair.privatekey), padding: constants.RSA_PKCS1_PADDING }
    expect(privateDecrypt(key, Buffer.from(String(encryptedpassword), 'base64')).toString()).toBe(guest.password)
    const reboot = () => run('rebootVirtualMachine', { id })
    expect(await saysAfter(id, reboot, 'password')).toBe('none')
    await run('rebootRouter', { id: idOf(await cloud.router(idOf(network))) })
    expect(await saysAfter(id, reboot, 'password')).toBe('none')
    await run('restartNetwork', { id: idOf(network), cleanup: true })
    expect(await saysAfter(id, reboot, 'password')).toBe('none')
    await run('stopVirtualMachine', { id })
    await expect(run('resetPasswordForVirtualMachine', { id, password: 'with space' })).rejects.toThrow(/password/)
    const reset = await run('resetPasswordForVirtualMachine', { id, password: 'Chosen-by-hand1' })
    expect(reset).toMatchObject({ password: 'Chosen-by-hand1' })
    // Not fetched yet, it outlives the router that was to serve it.
    await run('restartNetwork', { id: idOf(network), cleanup: true })
    const start = () => run('startVirtualMachine', { id })
    expect(await saysAfter(id, start, 'password')).toBe(digest('Chosen-by-hand1'))
    expect(await saysAfter(id, reboot, 'password')).toBe('none')
    const router = { id: idOf(await cloud.router(idOf(network))) }
    const told = await Promise.all(
      ['getRouterLog', 'getRouterPlan', 'getRouterDrift', 'getRouterStatus'].map((call) =>
        cloud.client.call(call, router),
      ),
    )
    for (const text of [cloud.manager.output(), JSON.stringify(told)])
      for (const password of ['Chosen-by-hand1', String(guest.password)]) expect(text).not.toContain(password)
    expect(JSON.stringify(await cloud.client.call('listVirtualMachines', { id }))).not.toContain('Chosen-by-hand1')
  })

  test('names follow: a neighbour finds the IPv6 address under the new name', async () => {
    const neighbour = idOf(await cloud.deploy('neighbour', idOf(network), lookUpForever))
    const { ip6address } = await nicOf(idOf(guest))
    await says(neighbour, 'neighbour6', String(ip6address))
    await run('updateVirtualMachine', { id: idOf(guest), name: 'renamed' })
    await says(neighbour, 'neighbour6', '')
    await run('updateVirtualMachine', { id: idOf(guest), name: 'one' })
    await says(neighbour, 'neighbour6', String(ip6address))
    await run('destroyVirtualMachine', { id: neighbour, expunge: true })
  })

  test('an IPv6 address that was asked for is leased, and serves the next guest at once', async () => {
    const address = '2001:db8:100::77'
    const patience = { timeoutMs: cloud.patienceMs }
    const ask = async (id: string): Promise<boolean> => {
      const file = `${cloud.lab.directory}/dhclient-${id}`
      const words = `-6 -1 -D LL -sf ${file}.sh -lf ${file}.leases -pf ${file}.pid eth0`
      // What dhclient's script is for; the rest of it is about name servers.
      await asGuest(
        id,
        `printf '%s\\n' '#!/bin/sh' 'ip address replace $new_ip6_address/128 dev eth0 nodad' >${file}.sh
          chmod +x ${file}.sh; timeout 5 dhclient ${words}; kill $(cat ${file}.pid)
          ip -6 address show dev eth0 | grep -F ${address}/128`,
      )
      return true
    }
    for (const name of ['asks', 'heir']) {
      const own = { ip6address: address, ipaddress: '10.2.1.66', userdata: multipart.toString('base64') }
      const id = idOf(await cloud.deploy(name, idOf(network), undefined, own))
      expect(await nicOf(id)).toMatchObject({ ip6address: address })
      expect(await cloud.fact(id, 'address')).toBe('10.2.1.66/24')
      await until('its router leases it', () => ask(id), patience)
      const page = (): Promise<string> => asGuest(id, `curl -gs -m 5 --interface ${address} 'http://[${OUTSIDE6}]/'`)
      // It finds its way as soon as its router has advertised itself.
      expect(await until('the outside answers', page, patience)).toBe(`you are ${address}`)
      const answer = await asGuest(id, `busybox nslookup -type=aaaa ${name}.cs2.internal 10.2.1.1`)
      expect(answer).toContain(address)
      const served = await asGuest(id, 'curl -s http://169.254.169.254/latest/user-data | sha256sum')
      expect(served.slice(0, 64)).toBe(createHash('sha256').update(multipart).digest('hex'))
      await run('destroyVirtualMachine', { id, expunge: true })
    }
  })

  test('a further address is kept, and another first address is leased at the next start', async () => {
    const id = idOf(guest)
    const nic = await nicOf(id)
    const further = await run('addIpToNic', { nicid: idOf(nic), ipaddress: '10.2.1.77' })
    expect(await nicOf(id)).toMatchObject({ secondaryip: [{ id: further.id, ipaddress: '10.2.1.77' }] })
    await expect(run('addIpToNic', { nicid: idOf(nic), ipaddress: '10.2.1.77' })).rejects.toThrow(/further address/)
    await run('removeIpFromNic', { id: idOf(further) })
    expect((await nicOf(id)).secondaryip).toEqual([])
    await run('stopVirtualMachine', { id })
    await run('updateVmNicIp', { nicid: idOf(nic), ipaddress: '10.2.1.88' })
    await run('startVirtualMachine', { id })
    await says(id, 'address', '10.2.1.88/24')
  })

  test('what is in use stays, and what is not goes', async () => {
    const { client } = cloud
    const [userdata] = listOf(await client.call('listUserData'), 'userdata')
    await expect(run('deleteUserData', { id: idOf(userdata ?? {}) })).rejects.toThrow(/one for one/)
    const [prefix] = listOf(await client.call('listGuestNetworkIpv6Prefixes'), 'guestnetworkipv6prefix')
    expect(prefix).toMatchObject({ usedsubnets: 1, availablesubnets: 65535, totalsubnets: 65536 })
    await expect(run('deleteGuestNetworkIpv6Prefix', { id: idOf(prefix ?? {}) })).rejects.toThrow(/1 networks/)
    const { publicKey } = generateKeyPairSync('ed25519')
    const { x = '' } = publicKey.export({ format: 'jwk' })
    const field = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
    const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.from(x, 'base64url'))])
    await run('registerSSHKeyPair', { name: 'other', publickey: `ssh-ed25519 ${blob.toString('base64')} me@there` })
    await run('stopVirtualMachine', { id: idOf(guest) })
    const changed = await run('resetSSHKeyForVirtualMachine', { id: idOf(guest), keypairs: 'other,laptop' })
    expect(changed).toMatchObject({ keypairs: 'other,laptop' })
    expect(changed.password).toMatch(/^\S{14}$/)
    await run('deleteSSHKeyPair', { name: 'laptop' })
    await run('startVirtualMachine', { id: idOf(guest) })
    await says(idOf(guest), 'keys', '2')
    await says(idOf(guest), 'password', digest(changed.password))
    await run('destroyVirtualMachine', { id: idOf(guest), expunge: true })
    await run('deleteUserData', { id: idOf(userdata ?? {}) })
    await run('deleteNetwork', { id: idOf(network) })
    await run('deleteGuestNetworkIpv6Prefix', { id: idOf(prefix ?? {}) })
  })
})

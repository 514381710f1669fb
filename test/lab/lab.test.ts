import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { createLab, serveDns, serveHttp, until } from './index.ts'
import { LAB_ROOT } from './sweep.ts'

const names = () => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })

test('two machines behind a bridge reach an outside host by name and over HTTP', async () => {
  await using lab = await createLab('outside')
  const outside = await lab.namespace('outside')
  await outside.bridge('br0', { address: '198.51.100.1/24' })
  for (const n of [2, 3]) {
    const machine = await lab.namespace(`m${n}`)
    await lab.link(
      { at: machine, device: 'eth0', address: `198.51.100.${n}/24` },
      { at: outside, device: `m${n}`, bridge: 'br0' },
    )
  }
  await using web = await serveHttp(outside, { address: '198.51.100.1' })
  await using dns = await serveDns(outside, { address: '198.51.100.1', records: { 'www.example.net': '198.51.100.1' } })
  const machine = await lab.namespace('m4')
  await lab.link(
    { at: machine, device: 'eth0', address: '198.51.100.4/24' },
    { at: outside, device: 'm4', bridge: 'br0' },
  )
  const lookup = await machine.exec(['busybox', 'nslookup', '-type=a', 'www.example.net', '198.51.100.1'])
  expect(lookup.stdout).toContain('Address: 198.51.100.1')
  await expect(machine.exec(['busybox', 'nslookup', '-type=a', 'no.example.net', '198.51.100.1'])).rejects.toThrow()
  const page = await machine.exec(['busybox', 'wget', '-q', '-O', '-', 'http://198.51.100.1/a?b=c'])
  expect(page.stdout).toBe('you are 198.51.100.4\n')
  expect(web.requests).toEqual([{ method: 'GET', url: '/a?b=c', client: '198.51.100.4' }])
  expect(dns.questions).toEqual(['www.example.net', 'no.example.net'])
  // The same from a socket of this very process.
  const socket = await machine.connect('198.51.100.1', 80)
  const [response] = await once(request({ createConnection: () => socket, path: '/from-here' }).end(), 'response')
  response.resume()
  expect(web.requests.at(-1)).toEqual({ method: 'GET', url: '/from-here', client: '198.51.100.4' })
})

test('a bridge keeps its MAC address whoever joins it', async () => {
  await using lab = await createLab('bridge')
  const outside = await lab.namespace('outside')
  const machine = await lab.namespace('machine')
  await outside.bridge('br0', { address: '198.51.100.1/24' })
  const mac = async () => / link\/ether (\S+)/.exec((await outside.exec(['ip', 'link', 'show', 'br0'])).stdout)?.[1]
  const before = await mac()
  const lowest = { at: outside, device: 'low', bridge: 'br0', mac: '02:00:00:00:00:01' }
  await lab.link({ at: machine, device: 'eth0' }, lowest)
  expect(await mac()).toBe(before)
})

test('nothing stays after disposal, not even what a test forgot', async () => {
  let netns: string
  let pid: number
  {
    await using lab = await createLab('forgot')
    const machine = await lab.namespace('machine')
    netns = machine.netns
    pid = (await machine.spawn(['setsid', 'sleep', '600'])).pid
    await machine.exec(['sh', '-c', 'setsid sleep 600 >/dev/null 2>&1 &'])
    expect(names()).toContain(netns)
  }
  expect(names()).not.toContain(netns)
  expect(() => process.kill(pid, 0)).toThrow()
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'a lab whose process is ended by %s leaves nothing',
  async (signal) => {
    const script = `
    const { createLab } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
    const lab = await createLab('victim')
    const one = await lab.namespace('one')
    await one.bridge('br0')
    const host = await lab.host('h', { core: { at: one, bridge: 'br0' }, address: '10.9.0.2/24' })
    await host.connection.run(['sh', '-c', 'ip netns add inner; ip netns exec inner setsid sleep 600 >/dev/null 2>&1 &'])
    console.log(lab.prefix)
    setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [chunk] = await once(child.stdout, 'data')
    const prefix = String(chunk).trim()
    expect(prefix).toMatch(/^lab-/)
    expect(names()).toContain(prefix)
    child.kill(signal)
    await once(child, 'exit')
    // After SIGKILL the next lab sweeps; after the others there is nothing to sweep.
    if (signal === 'SIGKILL') await (await createLab('next'))[Symbol.asyncDispose]()
    expect(names()).not.toContain(prefix)
    expect(readdirSync(LAB_ROOT).filter((name) => name.startsWith(prefix))).toEqual([])
    await until(
      'its processes are gone',
      () => !execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' }).includes(prefix),
    )
  },
)

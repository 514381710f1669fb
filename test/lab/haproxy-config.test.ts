import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Configuration, diff, openRuntime, type Runtime, render, type Server } from 'haproxy-config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everything } from '../unit/appliances/haproxy-config/everything.ts'
import { createLab, type Lab, type Namespace, until } from './index.ts'
import { type Inside, openInside } from './router/inside.ts'
import { makeCertificate, shownTo } from './router/members.ts'

const run = promisify(execFile)
const workspace = new URL('../../appliances/haproxy-config', import.meta.url).pathname

let lab: Lab
let netns: Namespace
let inside: Inside
let folder: string
beforeAll(async () => {
  lab = await createLab('haproxy')
  netns = await lab.namespace('box')
  await netns.ip(['link', 'set', 'lo', 'up'])
  inside = await openInside(netns)
  folder = `${inside.root}/run/x`
  await mkdir(folder)
  const { chain, key } = await makeCertificate(netns, 'a.example.org')
  await writeFile(`${folder}/a.pem`, chain + key)
  await writeFile(`${folder}/list.txt`, 'a.pem\n')
  await writeFile(`${folder}/acl.txt`, '10.0.0.0/8\n')
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

test('haproxy accepts every field of the model', async () => {
  await writeFile(`${folder}/haproxy.cfg`, render(everything))
  await inside.run(['haproxy', '-c', '-f', '/run/x/haproxy.cfg'])
})

test('and its checker would say otherwise', async () => {
  await writeFile(`${folder}/haproxy.cfg`, render(everything).replace('balance leastconn', 'balance most'))
  await expect(inside.run(['haproxy', '-c', '-f', '/run/x/haproxy.cfg'])).rejects.toThrow('haproxy.cfg')
})

describe('a running haproxy', () => {
  const PORT = 18443
  const site = (servers: readonly Server[], maxconn = 100): Configuration => ({
    global: {
      defaultPath: 'config',
      statsSockets: [{ address: 'unix@/run/x/admin.sock', mode: 0o600, level: 'admin' }],
    },
    defaults: [{ name: 'all', mode: 'http', timeouts: { connect: 1000, client: 10_000, server: 10_000 } }],
    frontends: [
      {
        name: 'f',
        from: 'all',
        maxconn,
        binds: [{ address: `127.0.0.1:${PORT}`, ssl: true, crtList: 'list.txt' }],
        defaultBackend: 'b',
      },
    ],
    backends: [{ name: 'b', from: 'all', balance: 'roundrobin', servers }],
  })
  const server = (name: string, extra: Partial<Server> = {}): Server => ({ name, address: '127.0.0.1:18080', ...extra })
  let runtime: Runtime
  beforeAll(async () => {
    await writeFile(`${folder}/live.cfg`, render(site([server('one')])))
    await netns.spawn(inside.enter(['haproxy', '-db', '-f', '/run/x/live.cfg']))
    // The router's folder seen from here: sockets are files.
    runtime = openRuntime({ path: `${folder}/admin.sock` })
    await until('it answers', async () => (await runtime.showInfo()).Name === 'HAProxy')
  })

  const servers = async () =>
    (await runtime.showServersState()).map(({ server: name, address, port, weight, administrative }) => [
      name,
      `${address}:${port}`,
      weight,
      administrative & 1,
    ])

  test('becomes what another configuration says, by commands alone', async () => {
    const [before, after] = [
      site([server('one')]),
      site(
        [
          server('two', { address: '127.0.0.2:1', weight: 7, check: true, inter: 1000, cookie: 'two', maxconn: 9 }),
          server('three', { disabled: true }),
        ],
        55,
      ),
    ]
    const change = diff({ configuration: before }, { configuration: after })
    expect(change.kind).toBe('runtime')
    if (change.kind === 'runtime') await runtime.apply(change.commands)
    expect(await servers()).toEqual([
      ['two', '127.0.0.2:1', 7, 0],
      ['three', '127.0.0.1:18080', 1, 1],
    ])
    const back = diff({ configuration: after }, { configuration: before })
    if (back.kind === 'runtime') await runtime.apply(back.commands)
    expect(await servers()).toEqual([['one', '127.0.0.1:18080', 1, 0]])
  })

  test('every command that sets what is set already succeeds', async () => {
    const server = { backend: 'b', server: 'one' } as const
    await runtime.apply([
      { kind: 'set-address', ...server, address: '127.0.0.1:18080' },
      { kind: 'set-address', ...server, address: '127.0.0.1:18081' },
      { kind: 'set-address', ...server, address: '127.0.0.2:18081' },
      { kind: 'set-address', ...server, address: '127.0.0.1:18080' },
      { kind: 'set-weight', ...server, weight: 1 },
      { kind: 'set-state', ...server, state: 'maint' },
      { kind: 'set-state', ...server, state: 'maint' },
      { kind: 'set-state', ...server, state: 'ready' },
      { kind: 'enable-server', ...server },
      { kind: 'set-frontend-maxconn', frontend: 'f', maxconn: 100 },
      { kind: 'shutdown-sessions', ...server },
    ])
    expect(await servers()).toEqual([['one', '127.0.0.1:18080', 1, 0]])
  })

  test('a thousand servers in one batch', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => server(`m${index}`))
    const change = diff({ configuration: site([server('one')]) }, { configuration: site([server('one'), ...many]) })
    if (change.kind === 'runtime') await runtime.apply(change.commands)
    expect(await servers()).toHaveLength(1001)
    expect((await runtime.showStat()).filter(({ proxy }) => proxy === 'b')).toHaveLength(1002)
  })

  test('certificates', async () => {
    const made = await makeCertificate(netns, 'b.example.org')
    const [old, next] = [await readFile(`${folder}/a.pem`, 'utf8'), made.chain + made.key]
    const list = (...names: readonly string[]) =>
      ({ kind: 'crt-list', path: 'list.txt', entries: names.map((certificate) => ({ certificate })) }) as const
    const configuration = site([server('one')])
    const steps = [
      { configuration, files: [{ kind: 'certificate', path: 'a.pem', pem: old }, list('a.pem')] },
      {
        configuration,
        files: [
          { kind: 'certificate', path: 'a.pem', pem: old },
          { kind: 'certificate', path: 'b.pem', pem: next },
          list('a.pem', 'b.pem'),
        ],
      },
      { configuration, files: [{ kind: 'certificate', path: 'a.pem', pem: next }, list('a.pem')] },
    ] as const
    const shown: unknown[] = []
    for (const [index, step] of steps.entries()) {
      const change = diff(steps[index - 1] ?? step, step)
      if (change.kind === 'runtime') await runtime.apply(change.commands)
      shown.push((await shownTo(netns, '127.0.0.1', PORT, 'b.example.org')).subject.CN)
    }
    expect(shown).toEqual(['a.example.org', 'b.example.org', 'b.example.org'])
    expect(await runtime.showCertificate('b.pem')).toBeUndefined()
  })

  test('says no in its own words', async () => {
    await expect(
      runtime.apply([{ kind: 'set-weight', backend: 'b', server: 'nobody', weight: 1 }]),
    ).rejects.toMatchObject({
      code: 'HAPROXY_REFUSED',
      message: expect.stringMatching(/no such server/i),
    })
  })
})

test('a stranger can install it: what runs, its types, no dependencies; its example compiles', async () => {
  const project = join(lab.directory, 'project')
  const installed = join(project, 'node_modules/haproxy-config')
  await mkdir(installed, { recursive: true })
  const packed = await run('npm', ['pack', '--json', '--pack-destination', lab.directory], {
    cwd: workspace,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ]
  const paths = files.map(({ path }) => path)
  expect(paths).toContain('dist/index.js')
  expect(paths.filter((path) => !/^(package\.json|README\.md|dist\/[\w/-]+\.(js|d\.ts))$/.test(path))).toEqual([])
  const manifest = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as Record<string, unknown>
  expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined])
  await run('tar', ['-xzf', join(lab.directory, filename), '-C', installed, '--strip-components=1'])
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  const readme = await readFile(join(installed, 'README.md'), 'utf8')
  const example = /```ts\n(import[\s\S]+?)```/.exec(readme)?.[1] ?? ''
  await writeFile(join(project, 'example.ts'), example)
  const tsc = new URL('../../node_modules/.bin/tsc', import.meta.url).pathname
  await run(
    tsc,
    [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
      '--types',
      '',
      'example.ts',
    ],
    { cwd: project },
  )
  // Up to where it wants a haproxy.
  const pure = `${example.split('// On the machine')[0]}console.log(change.kind, text.includes('server one 10.1.1.10:8080 check inter 2000 weight 100'))\n`
  await writeFile(join(project, 'pure.ts'), pure.replace('openRuntime, ', ''))
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', 'pure.ts'], {
    cwd: project,
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect(stdout).toBe('runtime true\n')
})

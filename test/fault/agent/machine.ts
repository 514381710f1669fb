import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import type { ErrorBody, Status } from '@sysvm/agent/api'
import type { SpecDifference } from '@sysvm/agent/spec/difference'
import { type createLab, type LabProcess, makeKeys, type Namespace, until } from '../../lab/index.ts'
import { program } from '../../lab/programs.ts'

type Lab = Awaited<ReturnType<typeof createLab>>

/** Answer of the control API; `body` is parsed where it is JSON. */
export interface Answer<T> {
  readonly status: number
  readonly body: T
}

/** A machine in a network and a mount namespace of its own, with tmpfs where its disk and /run are. */
export interface TestMachine {
  readonly namespace: Namespace
  /** Starts the agent and waits until it answers. */
  start(options?: { readonly fault?: string; readonly await?: 'socket' | 'nothing' }): Promise<LabProcess>
  /** As `start`, but the agent's tmpfs is new: what a reboot leaves is the disk. */
  reboot(): Promise<void>
  exec(argv: readonly [string, ...string[]], input?: string): Promise<string>
  /** One request over a connection of its own, or over the agent given. */
  call<T>(method: string, path: string, options?: CallOptions): Promise<Answer<T & ErrorBody>>
  put<T>(
    spec: unknown,
    options?: { readonly confirm?: number; readonly signature?: string },
  ): Promise<Answer<T & ErrorBody>>
  /** Sends a difference, signed. */
  patch<T>(difference: SpecDifference): Promise<Answer<T & ErrorBody>>
  status(): Promise<Status>
  signed(spec: unknown): { readonly body: string; readonly headers: Record<string, string> }
}

export interface CallOptions {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
}

const MAC = '02:00:00:00:aa:01'
const SOCKET = 'run/sysvm/agent.sock'

/** Everything mounted here goes with the holder. */
const SETUP = `set -e
mount --make-rprivate /
mount -t tmpfs none /run
mkdir -p /run/credentials/@system /run/sysvm /var/lib/sysvm
mount -t tmpfs -o size="$1" none /var/lib/sysvm
cat > /run/credentials/@system/sysvm.boot
echo ready
exec sleep infinity
`

export const createMachine = async (lab: Lab, name = 'm', diskSize = '8m'): Promise<TestMachine> => {
  const namespace = await lab.namespace(name)
  await namespace.ip(['link', 'add', 'nic', 'address', MAC, 'type', 'bridge'])
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  await mkdir(join(lab.directory, name))
  const ssh = makeKeys(join(lab.directory, name), 'key')
  const boot = JSON.stringify({
    name: 'r-1-VM',
    role: 'router',
    control: '169.254.7.7/16',
    nics: [{ mac: MAC, device: 'eth0' }],
    authorizedKey: ssh.publicKey.split(' ').slice(0, 2).join(' '),
    hostKey: Buffer.from(ssh.privateKey).toString('base64'),
    managerKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  })
  const holder = await namespace.spawn(['unshare', '-m', '-u', 'sh', '-c', SETUP, 'sh', diskSize], { input: boot })
  await until('the machine has its mounts', () => holder.output().includes('ready'))
  // nsenter and unshare replace themselves: the holder's number is that of the process in the namespaces.
  const inside = ['-t', `${holder.pid}`, '-m', '-u', '--'] as const
  const socketPath = `/proc/${holder.pid}/root/${SOCKET}`

  const exec: TestMachine['exec'] = async (argv, input) => {
    const { stdout } = await namespace.exec(['nsenter', ...inside, ...argv], input === undefined ? {} : { input })
    return stdout
  }

  const call: TestMachine['call'] = <T>(method: string, path: string, { body, headers, agent }: CallOptions = {}) =>
    new Promise<Answer<T & ErrorBody>>((resolve, reject) => {
      const outgoing = request({ socketPath, method, path, headers, agent: agent ?? new Agent() }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => {
          const isJson = response.headers['content-type']?.includes('json') === true
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text })
        })
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })

  const signed: TestMachine['signed'] = (spec) => {
    const body = JSON.stringify(spec)
    return { body, headers: { 'sysvm-signature': sign(null, Buffer.from(body), privateKey).toString('base64') } }
  }

  return {
    namespace,
    exec,
    call,
    signed,
    start: async ({ fault, await: what = 'socket' } = {}) => {
      await exec(['rm', '-f', '/run/sysvm/agent.sock'])
      const agent = await namespace.spawn(['nsenter', ...inside, process.execPath, program('agent')], {
        env: { ...(fault === undefined ? {} : { SYSVM_TEST_FAULT: fault }) },
      })
      if (what === 'socket')
        await until('the agent answers', async () => (await call('GET', '/v1/status')).status === 200)
      return agent
    },
    reboot: async () => {
      // A kernel that has just booted has no rules and no addresses, and /run is empty.
      await exec(['sh', '-c', 'kill -9 $(cat /run/sysvm/dns.pid); rm -rf /run/sysvm; nft flush ruleset'])
      await namespace.ip(['address', 'flush', 'dev', 'eth0'])
    },
    put: (spec, { confirm, signature } = {}) => {
      const { body, headers } = signed(spec)
      const query = confirm === undefined ? '' : `?confirm=${confirm}`
      return call('PUT', `/v1/spec${query}`, {
        body,
        headers: signature === undefined ? headers : { 'sysvm-signature': signature },
      })
    },
    patch: (difference) => call('PATCH', '/v1/spec', signed(difference)),
    status: async () => (await call<Status>('GET', '/v1/status')).body,
  }
}

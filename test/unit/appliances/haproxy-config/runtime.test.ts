import {
  commandText,
  HAProxyConfigError,
  openRuntime,
  parseServerState,
  parseStat,
  type RuntimeCommand,
  serverStateText,
} from 'haproxy-config'
import { describe, expect, test } from 'vitest'

const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'

describe('commands', () => {
  test('a payload ends with an empty line', () => {
    expect(commandText({ kind: 'set-certificate', path: 'x.pem', pem: key })).toBe(`set ssl cert x.pem <<\n${key}\n`)
  })

  test.each<[string, RuntimeCommand]>([
    ['a server', { kind: 'enable-server', backend: 'b', server: 'a; shutdown' }],
    ['a backend', { kind: 'delete-server', backend: 'b\nquit', server: 'a' }],
    ['an address', { kind: 'set-address', backend: 'b', server: 'a', address: '10.1.1.1:80\n' }],
    ['a weight', { kind: 'set-weight', backend: 'b', server: 'a', weight: Number.NaN }],
    ['a value of a map', { kind: 'add-map-entry', path: 'm', key: 'a', value: 'b\nquit' }],
    ['a payload of its own', { kind: 'add-map-entry', path: 'm', key: 'a', value: '<<' }],
    ['a name in a list', { kind: 'add-crt-list-entry', path: 'l', entry: { certificate: 'c', names: ['a\n\nquit'] } }],
  ])('no command hides in %s', (_, command) => {
    expect(() => commandText(command)).toThrow(expect.objectContaining({ code: 'HAPROXY_VALUE' }))
  })

  test('what is no certificate is refused without being told', () => {
    const secret = `${key}\nquit\n`
    const refusal = (): string => commandText({ kind: 'set-certificate', path: 'x', pem: secret })
    expect(refusal).toThrow(
      expect.objectContaining({ code: 'HAPROXY_VALUE', message: expect.not.stringContaining('AAAA') }),
    )
    expect(() => commandText({ kind: 'set-certificate', path: 'x', pem: key.repeat(400) })).toThrow(
      expect.objectContaining({ code: 'HAPROXY_LIMIT' }),
    )
  })
})

describe('answers', () => {
  const answering = (text: string) => {
    const asked: string[] = []
    const runtime = openRuntime({
      ask: async (question) => {
        asked.push(question)
        return text
      },
    })
    return { runtime, asked }
  }

  test('one for each command of a batch', async () => {
    const { runtime, asked } = answering('\n> \n> No such server.\n\n> ')
    const commands: RuntimeCommand[] = [
      { kind: 'enable-server', backend: 'b', server: 'a' },
      { kind: 'set-weight', backend: 'b', server: 'x', weight: 1 },
    ]
    expect(await runtime.attempt(commands)).toEqual([undefined, 'No such server.'])
    expect(asked).toEqual(['prompt\nenable server b/a\nset server b/x weight 1\nquit\n'])
    await expect(runtime.apply(commands)).rejects.toMatchObject({ code: 'HAPROXY_REFUSED' })
  })

  test('too few are no answer, and no command no question', async () => {
    const { runtime, asked } = answering('\n> ')
    await expect(runtime.send(['show info', 'show stat'])).rejects.toMatchObject({ code: 'HAPROXY_SOCKET' })
    await runtime.apply([])
    expect(asked).toHaveLength(1)
    expect(() => runtime.send(['show info\nquit'])).toThrow(HAProxyConfigError)
  })

  test('a socket that is not there is named', async () => {
    await expect(openRuntime({ path: '/nonexistent.sock' }).showInfo()).rejects.toMatchObject({
      code: 'HAPROXY_SOCKET',
    })
  })
})

test('statistics are read by the names of their columns', () => {
  const [line] = parseStat('# pxname,svname,scur,status,bin,check_status,check_code,\nb,a,3,UP,100,L7STS,503,\n')
  expect(line).toMatchObject({
    proxy: 'b',
    server: 'a',
    sessions: 3,
    status: 'UP',
    bytesIn: 100,
    check: 'L7STS',
    checkCode: 503,
  })
  expect(() => parseStat('Permission denied')).toThrow(expect.objectContaining({ code: 'HAPROXY_SOCKET' }))
})

test('the state of servers goes back into a file, with the weight it is to have', () => {
  const columns =
    '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port'
  const row = '3 b 1 a 10.1.1.1 2 0 10 20 1 8 2 0 6 0 0 0 - 80 - 0 0 - - 0'
  const [line] = parseServerState(`1\n${columns}\n${row}\n\n`)
  expect(line).toMatchObject({ backend: 'b', server: 'a', address: '10.1.1.1', port: 80, operational: 2, weight: 10 })
  expect(line === undefined ? '' : serverStateText([{ ...line, weight: 7 }])).toBe(
    `1\n${columns}\n${row.replace(' 10 20 ', ' 7 7 ')}\n`,
  )
})

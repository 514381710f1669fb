import { SysvmError } from '@sysvm/errors'
import { createApi } from '@sysvm/manager/api'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

const nothing = new Proxy(
  {},
  {
    get: () => {
      throw new Error('the database password is hunter2')
    },
  },
)
const logged: Record<string, unknown>[] = []
const told: unknown[][] = []
const log = {
  debug: (fields: Readonly<Record<string, unknown>>) => told.push(['debug', fields.command, fields.status]),
  info: (fields: Readonly<Record<string, unknown>>) => told.push(['info', fields.command, fields.status]),
  error: (fields: Readonly<Record<string, unknown>>) => {
    logged.push(fields)
  },
}
const api = createApi({ db: nothing as never, jobs: nothing as never, log })
let base = ''
beforeAll(async () => {
  const { port } = await api.listen({ port: 0 })
  base = `http://127.0.0.1:${port}`
})
afterAll(() => api.close())

const get = async (path: string, init?: RequestInit) => {
  const response = await fetch(base + path, init)
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text(), response }
}
const form = (body: string) => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
})

describe('the integration port', () => {
  it('answers XML unless asked for JSON, at any path', async () => {
    const xml = await get('/client/api?command=listHypervisors')
    expect([xml.status, xml.type, xml.text]).toEqual([
      200,
      'text/xml; charset=UTF-8',
      '<?xml version="1.0" encoding="UTF-8"?><listhypervisorsresponse cloud-stack-version="4.22.0.0"><count>2</count>' +
        '<hypervisor><name>KVM</name></hypervisor><hypervisor><name>Container</name></hypervisor></listhypervisorsresponse>',
    ])
    const json = await get('/?COMMAND=LISTHYPERVISORS&response=json')
    expect([json.status, json.type, json.text]).toEqual([
      200,
      'application/json; charset=UTF-8',
      '{"listhypervisorsresponse":{"count":2,"hypervisor":[{"name":"KVM"},{"name":"Container"}]}}',
    ])
  })

  it('answers forms', async () => {
    const answer = await get('/client/api', form('command=listHypervisors&response=json'))
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"count":2')])
  })

  it('describes itself by listApis', async () => {
    const { text } = await get('/client/api?command=listApis&response=json&name=listzones')
    expect(JSON.parse(text)).toMatchObject({
      listapisresponse: { count: 1, api: [{ name: 'listZones', isasync: false, params: expect.any(Array) }] },
    })
  })

  it("answers CloudStack's web UI by the name that it reads", async () => {
    const { status, text } = await get('/client/api?command=listLdapConfigurations&response=json')
    expect([status, text]).toEqual([200, '{"ldapconfigurationresponse":{}}'])
  })

  it.each([
    ['no command', '/client/api?response=json', undefined, 432, 'errorresponse', 9999],
    ['an unknown command', '/client/api?command=x&response=json', undefined, 432, 'errorresponse', 9999],
    ['an unknown parameter', '/?command=listApis&response=json&x=1', undefined, 431, 'listapisresponse', 4350],
    ['another method', '/?command=listApis&response=json', { method: 'PUT' }, 405, 'listapisresponse', 9999],
    [
      'a body that is no form',
      '/?command=listApis&response=json',
      { method: 'POST', body: '{}' },
      430,
      'listapisresponse',
      9999,
    ],
    ['broken percent encoding', '/?command=listApis&response=json&name=%E4', undefined, 430, 'listapisresponse', 9999],
    [
      'a form that is too large',
      '/?command=listApis&response=json',
      form('a'.repeat(3_000_000)),
      430,
      'listapisresponse',
      9999,
    ],
    [
      'a page of another site',
      '/?command=listApis&response=json',
      { headers: { 'sec-fetch-site': 'cross-site' } },
      531,
      'listapisresponse',
      4365,
    ],
    [
      'a browser that does not say whence it comes',
      '/?command=listApis&response=json',
      { headers: { 'user-agent': 'Mozilla/5.0 (X11)' } },
      531,
      'listapisresponse',
      4365,
    ],
    [
      'a form of another site',
      '/?command=listApis&response=json',
      {
        ...form('a=b'),
        headers: { origin: 'https://example.com', 'content-type': 'application/x-www-form-urlencoded' },
      },
      531,
      'listapisresponse',
      4365,
    ],
  ])('refuses %s', async (_what, path, init, status, root, cserrorcode) => {
    const answer = await get(path, init)
    const body = JSON.parse(answer.text)
    expect([answer.status, body]).toEqual([
      status,
      { [root]: { uuidList: [], errorcode: status, cserrorcode, errortext: expect.stringMatching(/^[A-Z].*[.]$/) } },
    ])
    expect(answer.response.headers.get('x-description')).toBe(body[root].errortext)
  })

  it('says in a header what went wrong, in one line that headers can have', async () => {
    const description = async (name: string): Promise<string | null> =>
      (await get(`/?command=listApis&${new URLSearchParams({ [name]: '1' })}`)).response.headers.get('x-description')
    expect(await description('a\r\nSet-Cookie: é=b')).toMatch(/^[ -~]+$/)
    expect(await description('x'.repeat(3000))).toMatch(/^Parameter x[ -~]{0,989}$/)
    expect((await get('/?command=listHypervisors')).response.headers.has('x-description')).toBe(false)
  })

  it('says what to do about a request line that is too long', async () => {
    const { status, text } = await get(`/?command=deployVirtualMachine&userdata=${'a'.repeat(70_000)}`)
    expect([status, text]).toEqual([430, expect.stringContaining('<errortext>The request line is too long: send the')])
  })

  it('takes as much in a form', async () => {
    const { status, text } = await get('/', form(`command=listApis&response=json&name=${'a'.repeat(70_000)}`))
    expect([status, text]).toEqual([431, expect.stringContaining('is longer than 255 characters')])
  })

  it('names the methods it answers', async () => {
    const { response } = await get('/?command=listApis', { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('GET, POST')
  })

  it('shows errors in XML too', async () => {
    const { text } = await get('/?command=listApis&x=%3Cy%3E')
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?><listapisresponse cloud-stack-version="4.22.0.0"><errorcode>431<\/errorcode><cserrorcode>4350<\/cserrorcode><errortext>Parameter x is unknown to listApis/,
    )
  })

  it('tells the log what failed inside, and the client only that it did', async () => {
    logged.length = 0
    const { status, text } = await get('/?command=listZones&response=json')
    expect([status, JSON.parse(text)]).toEqual([
      530,
      {
        listzonesresponse: {
          uuidList: [],
          errorcode: 530,
          cserrorcode: 9999,
          errortext: 'Something failed inside the manager: its log has the details.',
        },
      },
    ])
    expect(logged).toEqual([
      { command: 'listzones', err: expect.objectContaining({ message: expect.stringContaining('hunter2') }) },
    ])
  })

  it('notes what was asked, never with which values, and polling only for debugging', async () => {
    told.length = 0
    await get('/?command=listApis&name=listZones')
    await get('/?command=listApis&name=secret')
    await get('/?command=deployVirtualMachine&userdata=secret')
    expect(told).toEqual([
      ['debug', 'listapis', 200],
      ['info', 'listapis', 431],
      ['info', 'deployvirtualmachine', 431],
    ])
  })

  it('asks its authentication for the caller first', async () => {
    const closed = createApi({
      db: nothing as never,
      jobs: nothing as never,
      authenticate: async () => {
        throw new SysvmError('SYSVM_API_FORBIDDEN', 'Nobody is known yet.')
      },
    })
    onTestFinished(() => closed.close())
    const { port } = await closed.listen({ port: 0 })
    const response = await fetch(`http://127.0.0.1:${port}/client/api?command=nosuch&response=json`)
    expect([response.status, await response.json()]).toMatchObject([531, { errorresponse: { errorcode: 531 } }])
  })
})

import { answerFor, answerTo } from '@sysvm/router/metadata/answer'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const one = {
  data: { 'instance-id': 'i-1', 'public-keys/0/openssh-key': 'key zero', 'public-keys/1/openssh-key': 'key one' },
  userData: btoa('secret of one'),
}
const two = { data: { 'instance-id': 'i-2' } }
const instances = { '10.1.1.10': one, '10.1.1.11': two }

const get = (url: string, instance: typeof one | typeof two = one): string => {
  const { status, body } = answerFor(instance, 'GET', url)
  return `${status} ${body}`
}

test.each([
  ['/', '200 latest\n'],
  ['/latest', '200 meta-data/\nuser-data\n'],
  ['/latest/', '200 meta-data/\nuser-data\n'],
  ['/latest/meta-data', '200 instance-id\npublic-keys/\n'],
  ['/latest/meta-data/', '200 instance-id\npublic-keys/\n'],
  ['/2009-04-04/meta-data/instance-id', '200 i-1'],
  ['/latest/meta-data/instance-id?x=1', '200 i-1'],
  ['/latest/meta-data/public-keys/', '200 0/\n1/\n'],
  ['/latest/meta-data/public-keys/1/openssh-key', '200 key one'],
  ['/latest/user-data', '200 secret of one'],
  ['/latest/meta-data/nothing', '404 Not Found\n'],
  ['/latest/meta-data/../user-data', '404 Not Found\n'],
  ['/latestmeta-data/', '404 Not Found\n'],
  ['/latest/meta-data/__proto__', '404 Not Found\n'],
  ['/latest/meta-data/constructor', '404 Not Found\n'],
  ['//latest/user-data', '404 Not Found\n'],
  ['', '404 Not Found\n'],
])('GET %s', (url, answer) => {
  expect(get(url)).toBe(answer)
})

test('without user data there is none', () => {
  expect(get('/latest/', two)).toBe('200 meta-data/\n')
  expect(get('/latest/user-data', two)).toBe('404 Not Found\n')
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', ''])('%s is refused', (method) => {
  expect(answerFor(one, method, '/latest/user-data')).toMatchObject({ status: 405, allow: 'GET, HEAD' })
})

test('bytes of user data are served as they are', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const userData = Buffer.from(bytes).toString('base64')
      expect(answerFor({ data: {}, userData }, 'GET', '/latest/user-data').body).toEqual(Buffer.from(bytes))
    }),
  )
})

test("whatever is asked, nobody gets what is another guest's", () => {
  const paths = fc.oneof(
    fc.webUrl().map((url) => url.slice(8)),
    fc.constantFrom('/latest/user-data'),
    fc.string(),
  )
  const clients = fc.oneof(fc.ipV4(), fc.constantFrom('10.1.1.11', '::ffff:10.1.1.10', '__proto__', ''))
  fc.assert(
    fc.property(clients, paths, (client, path) => {
      fc.pre(client !== '10.1.1.10')
      const { status, body } = answerTo(instances, client, 'GET', path)
      expect(String(body)).not.toContain('secret of one')
      if (client !== '10.1.1.11') expect(status).toBe(404)
    }),
  )
})

import type { InstanceDocument } from './document.ts'

export interface Answer {
  readonly status: number
  readonly body: string | Buffer
  readonly type: string
  readonly allow?: string
}

const text = (body: string, status = 200): Answer => ({ status, body, type: 'text/plain; charset=utf-8' })
const notFound = text('Not Found\n', 404)
const list = (names: Iterable<string>): Answer => text(`${[...names].join('\n')}\n`)

/** Children of a folder of keys, folders with a slash at their end, as EC2 lists them. */
const childrenOf = (data: Readonly<Record<string, string>>, folder: string): readonly string[] => {
  const children = Object.keys(data)
    .filter((key) => key.startsWith(folder))
    .map((key) => {
      const [first = '', ...rest] = key.slice(folder.length).split('/')
      return rest.length === 0 ? first : `${first}/`
    })
  return [...new Set(children)].toSorted()
}

const metadataAnswer = ({ data }: InstanceDocument, key: string): Answer => {
  if (Object.hasOwn(data, key)) return text(data[key] ?? '')
  const folder = key === '' || key.endsWith('/') ? key : `${key}/`
  const children = childrenOf(data, folder)
  return children.length === 0 ? notFound : list(children)
}

const versions = /^\/(?:latest|\d{4}-\d{2}-\d{2})(?=\/|$)/

/** What a guest is told for a path; every version of the interface is the latest. */
export const answerFor = (instance: InstanceDocument, method: string, url: string): Answer => {
  if (method !== 'GET' && method !== 'HEAD') return { ...text('Method Not Allowed\n', 405), allow: 'GET, HEAD' }
  const path = url.split('?', 1)[0] ?? ''
  if (path === '/') return list(['latest'])
  const version = versions.exec(path)
  if (version === null) return notFound
  const rest = path.slice(version[0].length)
  if (rest === '' || rest === '/')
    return list(['meta-data/', ...(instance.userData === undefined ? [] : ['user-data'])])
  if (rest === '/meta-data') return metadataAnswer(instance, '')
  if (rest.startsWith('/meta-data/')) return metadataAnswer(instance, rest.slice('/meta-data/'.length))
  if (rest === '/user-data' && instance.userData !== undefined)
    return { status: 200, body: Buffer.from(instance.userData, 'base64'), type: 'application/octet-stream' }
  return notFound
}

/** The guest is who asks; headers such as X-Forwarded-For are never read. */
export const answerTo = (
  instances: Readonly<Record<string, InstanceDocument>>,
  client: string,
  method: string,
  url: string,
): Answer => {
  if (!Object.hasOwn(instances, client)) return notFound
  const instance = instances[client]
  return instance === undefined ? notFound : answerFor(instance, method, url)
}

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whom each area may import besides itself; an area is the longest prefix here that a file's path has. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'appliances/errors': [],
  'appliances/haproxy-config': [],
  'appliances/node-iptables': [],
  'appliances/strongswan-ctl': [],
  'appliances/agent': ['appliances/errors', 'appliances/node-iptables'],
  'appliances/router': [
    'appliances/agent',
    'appliances/errors',
    'appliances/haproxy-config',
    'appliances/node-iptables',
    'appliances/strongswan-ctl',
  ],
  'appliances/firmware': ['appliances/agent', 'appliances/errors', 'appliances/router'],
  images: ['appliances/errors'],
  manager: ['appliances/errors', 'manager/*'],
  'manager/certificates': [],
  'manager/wireguard': [],
  'manager/model': ['appliances/errors'],
  'manager/jobs': ['appliances/errors', 'manager/model'],
  'manager/placement': ['appliances/errors', 'spec', 'manager/model'],
  'manager/hosts': ['appliances/errors', 'spec', 'images/manifest'],
  'manager/orchestration': [
    'appliances/errors',
    'spec',
    'images/manifest',
    'manager/certificates',
    'manager/wireguard',
    'manager/hosts',
    'manager/jobs',
    'manager/model',
    'manager/placement',
  ],
  'manager/api': [
    'appliances/errors',
    'spec',
    'manager/certificates',
    'manager/wireguard',
    'manager/jobs',
    'manager/model',
    'manager/placement',
  ],
  'manager/cli': ['appliances/errors', 'spec', 'images/build', 'images/manifest', 'manager/*'],
  test: ['*'],
}

/** What another program may know of an appliance: types and schemas, nothing that acts. */
const specs = ['appliances/agent/spec', 'appliances/agent/boot', 'appliances/agent/api', 'appliances/router/spec']

const packages: Readonly<Record<string, string>> = {
  'haproxy-config': 'appliances/haproxy-config',
  'node-iptables': 'appliances/node-iptables',
  'strongswan-ctl': 'appliances/strongswan-ctl',
  '@sysvm/agent': 'appliances/agent',
  '@sysvm/errors': 'appliances/errors',
  '@sysvm/firmware': 'appliances/firmware',
  '@sysvm/images': 'images',
  '@sysvm/manager': 'manager',
  '@sysvm/router': 'appliances/router',
  '@sysvm/test': 'test',
}

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

const areaOf = (path: string): string =>
  Object.keys(allowed)
    .filter((area) => under(path, area))
    .toSorted((a, b) => b.length - a.length)[0] ?? ''

/** Path from the top of the repository, without ending; undefined for packages from outside. */
const targetOf = (file: string, specifier: string): string | undefined => {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier)).replace(/(\/index)?\.ts$/, '')
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const home = packages[name]
  return home === undefined ? undefined : `${home}${specifier.slice(name.length)}`
}

const permits = (rule: string, target: string): boolean => {
  if (rule === '*') return true
  if (rule === 'spec') return specs.some((spec) => under(target, spec))
  return rule.endsWith('/*') ? under(target, rule.slice(0, -2)) : under(target, rule)
}

/** One line per import that points the wrong way. `file` is relative to the top of the repository. */
export const violations = (file: string, text: string): string[] => {
  const area = areaOf(file)
  const specifiers = [...text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  )
  return specifiers.flatMap((specifier) => {
    const target = targetOf(file, specifier)
    if (target === undefined || areaOf(target) === area) return []
    if ((allowed[area] ?? []).some((rule) => permits(rule, target))) return []
    return [`${file}: ${area || 'this folder'} must not import ${specifier}`]
  })
}

/** Checks every source file below `top`. */
export const check = (top: string): string[] =>
  globSync('{appliances,images,manager,test}/**/*.ts', {
    cwd: top,
    exclude: (path) => /(^|\/)(node_modules|dist|out)(\/|$)/.test(String(path)),
  }).flatMap((file) => violations(file, readFileSync(join(top, file), 'utf8')))

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = check(join(import.meta.dirname, '../..'))
  for (const line of found) console.error(line)
  process.exitCode = found.length === 0 ? 0 : 1
}

import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab, type Lab, type Namespace } from './index.ts'

const run = promisify(execFile)
const workspace = new URL('../../appliances/node-iptables', import.meta.url).pathname
const environment = { ...process.env, NODE_OPTIONS: '' }

let lab: Lab
let netns: Namespace
let files: readonly string[]
/** Where a stranger has installed it: nothing of this repository is above. */
let project: string
beforeAll(async () => {
  lab = await createLab('package')
  netns = await lab.namespace('stranger')
  project = join(lab.directory, 'project')
  const installed = join(project, 'node_modules/node-iptables')
  await mkdir(installed, { recursive: true })
  const packed = await run('npm', ['pack', '--json', '--pack-destination', lab.directory], {
    cwd: workspace,
    env: environment,
  })
  // `prepack` may talk before the JSON.
  const [{ filename, files: all }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
    { filename: string; files: { path: string }[] },
  ]
  files = all.map(({ path }) => path)
  await run('tar', ['-xzf', join(lab.directory, filename), '-C', installed, '--strip-components=1'])
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

test('the package holds what runs and its types, and nothing else', () => {
  expect(files).toContain('dist/index.js')
  expect(files).toContain('dist/index.d.ts')
  expect(files).toContain('dist/first-match/index.js')
  const strange = files.filter((path) => !/^(package\.json|README\.md|dist\/[\w/-]+\.(js|d\.ts))$/.test(path))
  expect(strange).toEqual([])
})

test('it needs nothing that a stranger would have to install', async () => {
  const manifest = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as Record<string, unknown>
  expect([manifest.dependencies, manifest.peerDependencies]).toEqual([undefined, undefined])
})

test("the README's examples run as they stand, outside of this repository", async () => {
  const readme = await readFile(join(workspace, 'README.md'), 'utf8')
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '')
  expect(examples).toHaveLength(2)
  for (const [index, code] of examples.entries()) {
    const file = join(project, `example${index}.ts`)
    await writeFile(file, code)
    await netns.exec(['env', 'NODE_OPTIONS=', process.execPath, '--disable-warning=ExperimentalWarning', file])
  }
  const { stdout } = await netns.exec(['nft', 'list', 'map', 'ip', 'nat', 'forwards'])
  expect(stdout).toContain('203.0.113.5 . tcp . 80 : 10.1.1.2 . 8080')
})
